import { useRef, useState, type DragEvent } from 'react'
import type { ImportProgress, ImportRecord } from '../../../shared/import.ts'
import { count, counted } from '../format.ts'
import { queryClient } from '../trpc.ts'
import { upload } from '../upload.ts'

interface Sent {
  readonly name: string
  readonly place: number
  readonly progress?: ImportProgress
  readonly record?: ImportRecord
  readonly failure?: string
}

/** Takes files by drop or from a picker, and imports them one after the other. */
export function FileDrop() {
  const [sent, setSent] = useState<readonly Sent[]>([])
  const [isOver, setIsOver] = useState(false)
  const queue = useRef<Promise<void>>(Promise.resolve())
  const next = useRef(0)
  const picker = useRef<HTMLInputElement>(null)

  function take(files: Iterable<File>): void {
    for (const file of files) {
      const place = next.current++
      setSent((before) => [...before, { name: file.name, place }])
      const tell = (news: Partial<Sent>) =>
        setSent((before) => before.map((one) => (one.place === place ? { ...one, ...news } : one)))
      queue.current = sendAfter(queue.current, file, tell)
    }
  }

  function drop(event: DragEvent): void {
    event.preventDefault()
    setIsOver(false)
    take(event.dataTransfer.files)
  }

  return (
    <div
      className={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <p>
        Drop CSV files here, also gzipped, or{' '}
        <button type="button" className="plain" onClick={() => picker.current?.click()}>
          choose them
        </button>
        .
      </p>
      <input
        ref={picker}
        type="file"
        multiple
        className="unseen"
        aria-label="CSV files"
        tabIndex={-1}
        onChange={({ target }) => {
          take([...(target.files ?? [])])
          target.value = ''
        }}
      />
      <ul aria-live="polite">
        {sent.map((one) => (
          <li key={one.place}>
            <span>{one.name}</span> <Outcome of={one} />
          </li>
        ))}
      </ul>
    </div>
  )
}

async function sendAfter(
  before: Promise<void>,
  file: File,
  tell: (news: Partial<Sent>) => void,
): Promise<void> {
  await before
  try {
    tell({ record: await upload(file, (progress) => tell({ progress })) })
  } catch (error) {
    tell({ failure: error instanceof Error ? error.message : String(error) })
  }
  await queryClient.invalidateQueries()
}

function Outcome({ of: { progress, record, failure } }: { of: Sent }) {
  if (failure !== undefined) return <span className="worse">{failure}</span>
  if (record?.state === 'complete') {
    const rejected = record.rowsRejected === 0 ? '' : `, ${count(record.rowsRejected)} rejected`
    return <span className="quiet">{`${counted(record.rowsAccepted, 'row')}${rejected}`}</span>
  }
  if (record !== undefined) return <span className="worse">{record.failure ?? record.state}</span>
  if (progress === undefined) return <span className="quiet">waits</span>
  return <progress max={progress.bytesTotal || 1} value={progress.bytesRead} aria-label="Import" />
}
