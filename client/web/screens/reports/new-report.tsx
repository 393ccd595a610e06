import { useMutation } from '@tanstack/react-query'
import { useRef, useState, type SubmitEvent } from 'react'
import { correctionUses } from '../../../../shared/correction-kind.ts'
import { interpolations } from '../../../../shared/interpolation.ts'
import { periodUnits } from '../../../../shared/period-unit.ts'
import type { ReportOptionsInput } from '../../../../shared/report.ts'
import { Failed } from '../../parts/notice.tsx'
import { trpc } from '../../trpc.ts'

/** Requests a report; the server is the one to say what is wrong with an option. */
export function NewReport({ onRequested }: { onRequested: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [by, setBy] = useState('')
  const trigger = useMutation(
    trpc.report.trigger.mutationOptions({
      onSuccess: () => {
        dialog.current?.close()
        onRequested()
      },
    }),
  )

  function send(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const entries = ['asOf', 'interpolation', 'reach', 'corrections', 'by', 'from', 'to'].map((name) => [
      name,
      ((given.get(name) as string | null) ?? '').trim(),
    ])
    const labels = ((given.get('labels') as string) || '').split(',').flatMap((text) => text.trim() || [])
    const options = Object.fromEntries(entries.filter(([, value]) => value !== '')) as ReportOptionsInput
    trigger.mutate(labels.length === 0 ? options : { ...options, labels })
  }

  return (
    <>
      <button type="button" className="main" onClick={() => dialog.current?.showModal()}>
        New report …
      </button>
      <dialog ref={dialog} aria-labelledby="new-report" className="viewpoint">
        <h2 id="new-report">A new report</h2>
        <form onSubmit={send}>
          <label>
            <span>As of</span>
            <input name="asOf" placeholder="2023-01-25T18:13:22Z" spellCheck={false} />
            <small>Empty: the latest poll.</small>
          </label>
          <label>
            <span>A row for each</span>
            <select name="by" value={by} onChange={({ target }) => setBy(target.value)}>
              <option value="">store: last hour, day and week</option>
              {periodUnits.map((unit) => (
                <option key={unit} value={unit}>
                  store and {unit.replaceAll('-', ' ')}
                </option>
              ))}
            </select>
          </label>
          {by !== '' && (
            <>
              <label>
                <span>From</span>
                <input type="date" name="from" required />
              </label>
              <label>
                <span>To</span>
                <input type="date" name="to" required />
                <small>Local dates, both included.</small>
              </label>
            </>
          )}
          <label>
            <span>A poll speaks</span>
            <select name="interpolation">
              <option value={interpolations[0]}>for the time that is nearest to it</option>
              <option value={interpolations[1]}>for the time up to the next one</option>
            </select>
          </label>
          <label>
            <span>Reach</span>
            <input name="reach" defaultValue="24h" spellCheck={false} />
          </label>
          <label>
            <span>Corrections</span>
            <select name="corrections">
              <option value={correctionUses[0]}>count</option>
              <option value={correctionUses[1]}>are ignored</option>
            </select>
          </label>
          <label>
            <span>Only groups</span>
            <input name="labels" placeholder="city=Bonn, chain=Soup" spellCheck={false} />
          </label>
          {trigger.error && <Failed error={trigger.error} retry={() => trigger.reset()} />}
          <div className="actions">
            <button type="submit" className="main" disabled={trigger.isPending}>
              Request
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
