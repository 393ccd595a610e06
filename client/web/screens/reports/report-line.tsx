import { useMutation } from '@tanstack/react-query'
import { isFinished } from '../../../../shared/report-state.ts'
import type { Report } from '../../../../shared/report.ts'
import { useMay } from '../../caller.ts'
import { count, instant } from '../../format.ts'
import { Failed } from '../../parts/notice.tsx'
import { ViewLink } from '../../parts/view-link.tsx'
import { queryClient, trpc } from '../../trpc.ts'
import type { ViewChanges } from '../../use-view.ts'
import { optionsInWords, unusualOf } from './options-in-words.ts'

export function ReportLine({
  report,
  isChosen,
  choose,
}: {
  report: Report
  isChosen: boolean
  choose: (isWanted: boolean) => void
}) {
  const { reportId, state, asOf, by, requestedAt } = report
  const name = by === null ? `as of ${instant(asOf)}` : `by ${by}, ${report.from} to ${report.to}`
  const isOfWindows = by === null && state === 'complete'
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          checked={isChosen}
          disabled={!isOfWindows}
          aria-label={`Compare the report ${name}`}
          onChange={({ target }) => choose(target.checked)}
        />
      </td>
      <th scope="row">
        {isOfWindows ? (
          <ViewLink to="/" with={viewOf(report)}>
            {name}
          </ViewLink>
        ) : (
          name
        )}
        <span className="quiet"> {optionsInWords(report)}</span>
      </th>
      <td>
        <State report={report} />
      </td>
      <td>
        <time dateTime={requestedAt}>{instant(requestedAt)}</time>
      </td>
      <td>
        {state === 'complete' && (
          <span className="links">
            <a href={`/reports/${reportId}.csv`} download>
              CSV
            </a>
            <a href={`/reports/${reportId}.xlsx`} download>
              Excel
            </a>
          </span>
        )}
      </td>
      <td className="number">
        <End report={report} name={name} />
      </td>
    </tr>
  )
}

/** The overview as the report has it. */
function viewOf(report: Report): ViewChanges {
  const { asOf, labels } = report
  return { asOf, ...unusualOf(report), group: labels.length === 0 ? undefined : labels }
}

function State({ report: { state, progress, failure } }: { report: Report }) {
  if (state === 'failed') return <span className="worse">failed: {failure}</span>
  if (isFinished(state)) return state
  const { storesDone, storesTotal } = progress
  return (
    <>
      <progress
        max={storesTotal || 1}
        value={storesTotal === 0 ? undefined : storesDone}
        aria-label="Stores"
      />{' '}
      {storesTotal === 0 ? state : `${count(storesDone)} of ${count(storesTotal)}`}
    </>
  )
}

/** Cancels what runs; removes what has ended, when that was confirmed. */
function End({ report: { reportId, state }, name }: { report: Report; name: string }) {
  // All of them, as the report may be what other screens show.
  const onSuccess = () => void queryClient.invalidateQueries()
  const cancel = useMutation(trpc.report.cancel.mutationOptions({ onSuccess }))
  const remove = useMutation(trpc.report.delete.mutationOptions({ onSuccess }))
  const mayRemove = useMay('reports:delete')
  const error = cancel.error ?? remove.error
  if (error) return <Failed error={error} retry={onSuccess} />
  if (!isFinished(state)) {
    return (
      <button type="button" className="plain" onClick={() => cancel.mutate({ reportId })}>
        Cancel<span className="unseen"> the report {name}</span>
      </button>
    )
  }
  if (!mayRemove) return null
  return (
    <button
      type="button"
      className="plain"
      onClick={() => {
        if (confirm(`Delete the report ${name}, with its files?`)) remove.mutate({ reportId })
      }}
    >
      Delete<span className="unseen"> the report {name}</span>
    </button>
  )
}
