import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { usePathname } from 'wouter/use-browser-location'
import { createLocalClock } from '../../../../shared/local-clock.ts'
import type { Store as StoreRecord } from '../../../../shared/store.ts'
import type { Timeline } from '../../../../shared/timeline.ts'
import { formatTimestamp, parseTimestamp } from '../../../../shared/timestamp.ts'
import { verdictOf } from '../../../../shared/verdict.ts'
import { hasStatus, TimelineChart } from '../../charts/timeline/timeline-chart.tsx'
import { capitalised, instant, percent } from '../../format.ts'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { Sized } from '../../parts/sized.tsx'
import { StateForm, stateNames } from '../../parts/state-mark.tsx'
import { Switch } from '../../parts/switch.tsx'
import { useTitle } from '../../parts/title.ts'
import { ViewLink } from '../../parts/view-link.tsx'
import { Viewpoint } from '../../parts/viewpoint.tsx'
import { storeAddress, storeIdAt } from '../../store-address.ts'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'
import type { View } from '../../view.ts'
import { ChangesOfStore } from '../data/changes.tsx'
import { Corrections } from './corrections.tsx'
import { Figures } from './figures.tsx'
import { Hours, Trend } from './history.tsx'
import { judgingOf } from './judging.ts'
import { Outages } from './outages.tsx'
import { PollsFile } from './polls-file.tsx'
import { Rules } from './rules.tsx'
import { Sales } from './sales.tsx'
import { WhatIf } from './what-if.tsx'

const DAY_MS = 86_400_000
const spans = [
  { value: '7', text: 'Week' },
  { value: '28', text: '4 weeks' },
  { value: '84', text: '12 weeks' },
] as const

/** One store: what its number is made of. */
export function Store() {
  // Not `useParams`, which leaves `%3A` as it is.
  const id = storeIdAt(usePathname()) ?? ''
  const { view } = useView()
  const store = useQuery(trpc.store.get.queryOptions({ storeId: id }))
  const title = store.data?.name ?? id
  useTitle(title)
  const timeline = useTimeline(id, view)
  const other = useOtherTimeline(id, view, timeline.data)
  if (store.error) return <Unknown storeId={id} error={store.error} />
  return (
    <>
      <div className="screen-head">
        <div>
          <h1>{title}</h1>
          <p className="quiet">{describedOf(store.data, timeline.data)}</p>
        </div>
        <div className="tools">
          <SpanSwitch />
          <Viewpoint />
        </div>
      </div>
      {timeline.error && <Failed error={timeline.error} />}
      {timeline.data === undefined ? (
        !timeline.error && <Waiting />
      ) : (
        <div className={timeline.isPlaceholderData ? 'stale' : undefined}>
          <Explained storeId={id} timeline={timeline.data} other={other.data} otherError={other.error} />
        </div>
      )}
    </>
  )
}

function Explained({
  storeId,
  timeline,
  other,
  otherError,
}: {
  storeId: string
  timeline: Timeline
  other: Timeline | undefined
  otherError: { readonly message: string } | null
}) {
  const verdict = verdictOf(timeline, createLocalClock(timeline.offsets))
  return (
    <>
      <p className="verdict">
        <strong>{percent(timeline.totals.uptimePercent)}</strong> {capitalised(verdict)}.
      </p>
      <section aria-labelledby="timeline">
        <div className="section-head">
          <h2 id="timeline">Timeline</h2>
          <Legend timeline={timeline} />
        </div>
        <Sized>{(width) => <TimelineChart timeline={timeline} other={other} width={width} />}</Sized>
        <WhatIf timeline={timeline} other={other} />
        {otherError && <Failed error={otherError} />}
      </section>
      <Figures storeId={storeId} asOf={timeline.asOf} />
      <Outages timeline={timeline} />
      <Sales timeline={timeline} />
      <div className="columns">
        <Trend storeId={storeId} asOf={timeline.asOf} />
        <Hours storeId={storeId} asOf={timeline.asOf} />
      </div>
      <div className="columns">
        <Rules timeline={timeline} />
        <Corrections storeId={storeId} timeline={timeline} />
      </div>
      <PollsFile timeline={timeline} />
      <ChangesOfStore storeId={storeId} />
    </>
  )
}

function describedOf(store: StoreRecord | undefined, timeline: Timeline | undefined): string {
  return [
    store?.name ? store.storeId : undefined,
    ...Object.entries(store?.labels ?? {}).map(([label, value]) => `${label} ${value}`),
    timeline?.offsets.at(-1)?.timezone,
    timeline && `as of ${instant(timeline.asOf, timeline.offsets.at(-1)?.timezone)}`,
  ]
    .filter((text) => text !== undefined)
    .join(' · ')
}

function useTimeline(storeId: string, view: View) {
  const judging = judgingOf(view)
  const asOf = useQuery(trpc.health.queryOptions()).data?.database.latestPollAt ?? undefined
  const since = sinceOf(view, view.asOf ?? asOf)
  return useQuery(
    trpc.store.timeline.queryOptions(
      { ...judging, storeId, ...(since === undefined ? {} : { since }) },
      { placeholderData: keepPreviousData, enabled: view.days === undefined || since !== undefined },
    ),
  )
}

/** undefined where it is the server's own choice. */
function sinceOf({ days }: View, asOf: string | undefined): string | undefined {
  if (days === undefined || asOf === undefined) return undefined
  const asOfMs = parseTimestamp(asOf)
  return Number.isNaN(asOfMs) ? undefined : formatTimestamp(asOfMs - Number(days) * DAY_MS)
}

/** The same window, judged by the other rules that the view asks for. */
function useOtherTimeline(storeId: string, view: View, timeline: Timeline | undefined) {
  const { otherInterpolation, otherReach } = view
  const isWanted = otherInterpolation !== undefined || otherReach !== undefined
  const judging = judgingOf({
    ...view,
    ...(timeline && { asOf: timeline.asOf }),
    ...(otherInterpolation && { interpolation: otherInterpolation }),
    ...(otherReach && { reach: otherReach }),
  })
  return useQuery(
    trpc.store.timeline.queryOptions(
      { ...judging, storeId, since: timeline?.since ?? '', until: timeline?.until ?? '' },
      { placeholderData: keepPreviousData, enabled: isWanted && timeline !== undefined },
    ),
  )
}

function SpanSwitch() {
  const { view, change } = useView()
  const { days = '7' } = view
  return (
    <Switch
      name="days"
      legend="How much is shown"
      choices={spans}
      chosen={days}
      onChoose={(span) => change({ days: span === '7' ? undefined : span })}
    />
  )
}

function Legend({ timeline }: { timeline: Timeline }) {
  const states = (['down', 'unknown', 'up', 'excused'] as const).filter((state) => hasStatus(timeline, state))
  return (
    <ul className="legend">
      {states.map((state) => (
        <li key={state}>
          <StateForm state={state} />
          {stateNames[state].toLowerCase()}
        </li>
      ))}
      <li>
        <svg width="9" height="8" aria-hidden="true">
          <path d="M1 0v6M5 0v4" className="tick" />
        </svg>
        polls, longer where inactive, pale where they do not speak
      </li>
    </ul>
  )
}

function Unknown({ storeId, error }: { storeId: string; error: { readonly message: string } }) {
  const { data } = useQuery(trpc.store.suggest.queryOptions({ text: storeId }))
  return (
    <>
      <h1>{storeId}</h1>
      <Failed error={error} />
      {data !== undefined && data.length > 0 && (
        <>
          <p>Did you mean</p>
          <ul className="suggestions">
            {data.map(({ storeId: near, name }) => (
              <li key={near}>
                <ViewLink to={storeAddress(near)}>{near}</ViewLink>{' '}
                {name !== null && <span className="quiet">{name}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
