import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ReportSummary } from '../../../../shared/report-summary.ts'
import type { Report } from '../../../../shared/report.ts'
import type { StoreState } from '../../../../shared/store-state.ts'
import { count, counted, hours, percent } from '../../format.ts'
import { defaultWindow } from '../../parts/screen-head.tsx'
import { begin, isToSearch } from '../../parts/search-key.ts'
import { StateForm, stateNames } from '../../parts/state-mark.tsx'
import { bands, bandText, bandValue, type Band } from '../../parts/uptime-bands.ts'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'
import { filterOf, type View } from '../../view.ts'
import type { RowsQuery } from './pages.ts'
import { RowFiles } from './row-files.tsx'

const SEARCH_AFTER_MS = 200

const states = ['down', 'unknown', 'up', 'excused', 'closed'] as const satisfies readonly StoreState[]

/** Which stores are shown, and what they add up to. */
export function Filters({
  summary,
  report,
  query,
  isCurrent,
}: {
  summary: ReportSummary | undefined
  report: Report | undefined
  query: RowsQuery
  isCurrent: boolean
}) {
  const { view, change } = useView()
  const { window = defaultWindow } = view
  const sums = summary?.windows[window]
  const isFiltered = Object.keys(filterOf(view)).length > 0
  return (
    <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <Search />
      <StateFilter />

      <select
        aria-label="Uptime"
        value={view.uptime ?? ''}
        onChange={({ target }) => change({ uptime: target.value })}
      >
        <option value="">Any uptime</option>
        {uptimeChoices(view.uptime).map((band) => (
          <option key={bandValue(band)} value={bandValue(band)}>
            {bandText(band)}
          </option>
        ))}
      </select>

      <ZoneFilter reportId={report?.reportId} />
      <GroupFilter labels={summary?.labels ?? []} reportId={report?.reportId} />
      <p className={isCurrent ? 'sum' : 'sum stale'} role="status">
        {summary && sums && (
          <>
            <strong>{counted(summary.stores, 'store')}</strong>
            {summary.stores > 0 && (
              <span>
                {percent(sums.uptimePercent)} up, {hours(sums.downtimeMs)} down, {hours(sums.unknownMs)}{' '}
                unknown
              </span>
            )}
          </>
        )}
        <span className="print-only">{filterInWords(view).join(' · ')}</span>
        {isFiltered && (
          <button
            type="button"
            className="plain"
            onClick={() =>
              change({ q: undefined, now: undefined, uptime: undefined, zone: undefined, group: undefined })
            }
          >
            All stores
          </button>
        )}
      </p>
      {report && summary?.stores !== 0 && <RowFiles query={query} />}
    </form>
  )
}

/** For paper, which has no fields. */
function filterInWords({ q, now, uptime, zone }: View): string[] {
  return [
    q && `“${q}”`,
    now?.map((state) => stateNames[state]).join(', '),
    uptime &&
      uptimeChoices(uptime)
        .filter((band) => bandValue(band) === uptime)
        .map(bandText)
        .join(''),
    zone,
  ].filter((words) => words !== undefined)
}

/** Asks once nothing has been typed for a moment. */
function Search() {
  const { view, change } = useView()
  const [text, setText] = useState(view.q ?? '')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (isToSearch()) begin(field.current!)
  }, [])
  const known = view.q ?? ''
  useEffect(() => {
    if (document.activeElement !== field.current) setText(known)
  }, [known])
  useEffect(() => {
    if (text === known) return undefined
    const timer = setTimeout(() => change({ q: text }, { replace: true }), SEARCH_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text, known, change])
  return (
    <span className="search">
      <input
        aria-label="Search by id or name"
        ref={field}
        type="search"
        value={text}
        placeholder="Id or name"
        spellCheck={false}
        onChange={({ target }) => setText(target.value)}
      />
    </span>
  )
}

function StateFilter() {
  const { view, change } = useView()
  const { now = [] } = view
  return (
    <fieldset className="switch">
      <legend className="unseen">Now</legend>
      {states.map((state) => (
        <label key={state}>
          <input
            type="checkbox"
            checked={now.includes(state)}
            onChange={({ target }) =>
              change({ now: states.filter((one) => (one === state ? target.checked : now.includes(one))) })
            }
          />
          <span>
            <StateForm state={state} />
            {stateNames[state]}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** Of all stores of the report, as else the one that is chosen would be the only one. */
function ZoneFilter({ reportId }: { reportId: string | undefined }) {
  const { view, change } = useView()
  const all = useQuery(
    trpc.report.summary.queryOptions({ reportId: reportId ?? '' }, { enabled: reportId !== undefined }),
  )
  const zones = (all.data?.timezones ?? []).toSorted((a, b) => a.timezone.localeCompare(b.timezone))
  if (zones.length < 2 && view.zone === undefined) return null
  return (
    <select
      aria-label="Time zone"
      value={view.zone ?? ''}
      onChange={({ target }) => change({ zone: target.value })}
    >
      <option value="">Any zone</option>
      {view.zone !== undefined && !zones.some(({ timezone }) => timezone === view.zone) && (
        <option>{view.zone}</option>
      )}
      {zones.map(({ timezone, stores }) => (
        <option key={timezone} value={timezone}>
          {timezone} ({count(stores)})
        </option>
      ))}
    </select>
  )
}

/** Label by label; what is chosen is in the bar above, too, as all figures are of it. */
function GroupFilter({ labels, reportId }: { labels: readonly string[]; reportId: string | undefined }) {
  const { view, change } = useView()
  const [given = ''] = view.group ?? []
  const [label, setLabel] = useState(given.split('=')[0] ?? '')
  const by = labels.includes(label) ? label : ''
  const groups = useQuery(
    trpc.report.groups.queryOptions(
      { reportId: reportId ?? '', by },
      { enabled: reportId !== undefined && by !== '' && given === '' },
    ),
  )
  if (labels.length === 0 && given === '') return null
  if (given !== '') {
    return (
      <button type="button" onClick={() => change({ group: undefined })} title="Stores of all groups">
        {(view.group ?? []).join(', ')} ×
      </button>
    )
  }
  return (
    <>
      <select aria-label="Label" value={by} onChange={({ target }) => setLabel(target.value)}>
        <option value="">Any group</option>
        {labels.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>

      {by !== '' && (
        <select
          aria-label="Group"
          value=""
          onChange={({ target }) => change({ group: [`${by}=${target.value}`] })}
        >
          <option value="">Which {by}</option>
          {groups.data?.groups.map(
            ({ group, stores }) =>
              group !== null && (
                <option key={group} value={group}>
                  {group} ({count(stores)})
                </option>
              ),
          )}
        </select>
      )}
    </>
  )
}

/** The usual ranges, and the one of the address where it is another. */
function uptimeChoices(uptime: string | undefined): readonly Band[] {
  if (uptime === undefined || bands.some((band) => bandValue(band) === uptime)) return bands
  const [from = '', to = ''] = uptime.split('..')
  return [
    ...bands,
    { from: from === '' ? null : Number(from), to: to === '' ? null : Number(to), observed: null },
  ]
}
