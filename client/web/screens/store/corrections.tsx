import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef, type SubmitEvent } from 'react'
import { correctionKinds, type CorrectionKind } from '../../../../shared/correction-kind.ts'
import type { Correction } from '../../../../shared/correction.ts'
import { createLocalClock } from '../../../../shared/local-clock.ts'
import type { Timeline } from '../../../../shared/timeline.ts'
import { Failed } from '../../parts/notice.tsx'
import { queryClient, trpc } from '../../trpc.ts'
import { instantOfLocal, localInputOf } from './local-input.ts'

const MOST_SHOWN = 100
const nameKey = 'store-monitor: who corrects'

const kindTexts: Readonly<Record<CorrectionKind, string>> = {
  closed: 'It was closed: no business time',
  excused: 'Down for a reason that is not its own: neither up nor down',
  'wrong-data': 'The polls are wrong: they do not speak',
}

/** What is known better than the polls: made here, and revoked, with a reason. */
export function Corrections({ storeId, timeline }: { storeId: string; timeline: Timeline }) {
  const { data, error } = useQuery(trpc.correction.list.queryOptions({ storeId, limit: MOST_SHOWN }))
  return (
    <section aria-labelledby="corrections">
      <div className="section-head">
        <h2 id="corrections">Corrections</h2>
        <NewCorrection storeId={storeId} timeline={timeline} />
      </div>
      {error && <Failed error={error} />}
      {data?.items.length === 0 && <p className="quiet">None.</p>}
      <ul className="corrections">
        {data?.items.map((correction) => (
          <li key={correction.correctionId}>
            <One correction={correction} timeline={timeline} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function One({ correction, timeline }: { correction: Correction; timeline: Timeline }) {
  const clock = createLocalClock(timeline.offsets)
  const { from, to, kind, reason, author, revokedAt, revokedBy } = correction
  return (
    <>
      <p className={revokedAt === null ? undefined : 'quiet'}>
        <b>{kind}</b> {clock.format(from)} to {clock.format(to)}: {reason}
        {author !== null && <span className="quiet"> ({author})</span>}
      </p>
      {revokedAt === null ? (
        <Revoke correction={correction} />
      ) : (
        <p className="quiet">
          Revoked {clock.format(revokedAt)}
          {revokedBy !== null && ` by ${revokedBy}`}
        </p>
      )}
    </>
  )
}

function NewCorrection({ storeId, timeline }: { storeId: string; timeline: Timeline }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const create = useMutation(trpc.correction.create.mutationOptions({ onSuccess: done }))
  const last = timeline.outages.at(-1)
  const { offsets } = timeline

  function done(): void {
    dialog.current?.close()
    void queryClient.invalidateQueries()
  }

  function send(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => (given.get(name) as string).trim()
    localStorage.setItem(nameKey, text('author'))
    create.mutate({
      storeId,
      from: instantOfLocal(text('from'), offsets) ?? text('from'),
      to: instantOfLocal(text('to'), offsets) ?? text('to'),
      kind: text('kind') as CorrectionKind,
      reason: text('reason'),
      author: text('author') || null,
    })
  }

  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Correct …
      </button>
      <dialog ref={dialog} aria-labelledby="new-correction" className="viewpoint">
        <h2 id="new-correction">A correction</h2>
        <form onSubmit={send} key={timeline.asOf}>
          <label>
            <span>From</span>
            <input
              type="datetime-local"
              name="from"
              required
              defaultValue={localInputOf(Date.parse(last?.start ?? timeline.since), offsets)}
            />
          </label>
          <label>
            <span>To</span>
            <input
              type="datetime-local"
              name="to"
              required
              defaultValue={localInputOf(Date.parse(last?.end ?? timeline.until), offsets)}
            />
            <small>On the clocks of {offsets.at(-1)?.timezone}; the time itself is not included.</small>
          </label>
          <label>
            <span>What it is</span>
            <select name="kind" defaultValue="excused">
              {correctionKinds.map((kind) => (
                <option key={kind} value={kind}>
                  {kindTexts[kind]}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>Reason</span>
            <input name="reason" required maxLength={500} placeholder="Power cut in the whole street" />
          </label>
          <label>
            <span>Your name</span>
            <input name="author" maxLength={100} defaultValue={localStorage.getItem(nameKey) ?? ''} />
          </label>
          {create.error && <Failed error={create.error} retry={() => create.reset()} />}
          <div className="actions">
            <button type="submit" className="main" disabled={create.isPending}>
              Correct
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}

function Revoke({ correction: { correctionId } }: { correction: Correction }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const revoke = useMutation(
    trpc.correction.revoke.mutationOptions({
      onSuccess: () => {
        dialog.current?.close()
        void queryClient.invalidateQueries()
      },
    }),
  )

  function send(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => (given.get(name) as string).trim()
    localStorage.setItem(nameKey, text('by'))
    revoke.mutate({ correctionId, reason: text('reason'), by: text('by') || null })
  }

  return (
    <>
      <button type="button" className="plain" onClick={() => dialog.current?.showModal()}>
        Revoke …
      </button>
      <dialog ref={dialog} aria-label="Revoke a correction" className="viewpoint">
        <h2>Revoke the correction</h2>
        <p className="quiet">It counts no more; its record stays.</p>
        <form onSubmit={send}>
          <label>
            <span>Reason</span>
            <input name="reason" required maxLength={500} />
          </label>
          <label>
            <span>Your name</span>
            <input name="by" maxLength={100} defaultValue={localStorage.getItem(nameKey) ?? ''} />
          </label>
          {revoke.error && <Failed error={revoke.error} retry={() => revoke.reset()} />}
          <div className="actions">
            <button type="submit" className="main" disabled={revoke.isPending}>
              Revoke
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}
