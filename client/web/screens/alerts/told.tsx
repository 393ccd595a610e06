import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ToldIncident } from '../../../../shared/told-incident.ts'
import { useMay } from '../../caller.ts'
import { counted, instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { OlderOnes } from '../../parts/older-ones.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { Switch } from '../../parts/switch.tsx'
import { trpc } from '../../trpc.ts'
import { Acknowledge } from './acknowledge.tsx'

const PER_PAGE = 20
const LOOK_EVERY_MS = 10_000

const choices = [
  { value: 'open', text: 'Open' },
  { value: 'all', text: 'All' },
] as const

/** Incidents of which something was told, and who knows of them. */
export function Told() {
  const [chosen, setChosen] = useState<(typeof choices)[number]['value']>('open')
  const list = useInfiniteQuery(
    trpc.incident.told.infiniteQueryOptions(
      { limit: PER_PAGE, open: chosen === 'open' },
      { getNextPageParam: ({ nextCursor }) => nextCursor, staleTime: 0, refetchInterval: LOOK_EVERY_MS },
    ),
  )
  const incidents = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section aria-labelledby="told">
      <div className="section-head">
        <h2 id="told">Told</h2>
        <Switch
          name="told"
          legend="Which of those that were told"
          choices={choices}
          chosen={chosen}
          onChoose={setChosen}
        />
      </div>
      {list.error && <Failed error={list.error} />}
      {list.data && incidents.length === 0 && <p className="quiet">Nothing was told.</p>}
      {incidents.length > 0 && (
        <Sideways heading="told">
          <table>
            <thead>
              <tr>
                <Column isNumber>Incident</Column>
                <Column>What</Column>
                <Column>Opened</Column>
                <Column>Closed</Column>
                <Column>Last told</Column>
                <Column>Acknowledged</Column>
              </tr>
            </thead>
            <tbody>
              {incidents.map((incident) => (
                <Line key={incident.incidentId} incident={incident} />
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <OlderOnes list={list} />
    </section>
  )
}

function Line({ incident }: { incident: ToldIncident }) {
  const { incidentId, summary, severity, opened, closed, told, repeats, lastTold } = incident
  const mayAcknowledge = useMay('alerts:run')
  return (
    <tr>
      <td className="number">{incidentId}</td>
      <th scope="row" className="long">
        {summary} <span className="quiet">{severity}</span>
      </th>
      <td>
        <time dateTime={opened}>{instant(opened)}</time>
      </td>
      <td>
        {closed === null ? 'open' : <time dateTime={closed}>{instant(closed)}</time>}
        {told === 'withdrawn' && <span className="quiet"> withdrawn</span>}
      </td>
      <td>
        {instant(lastTold)}
        {repeats > 0 && <span className="quiet"> {counted(repeats, 'time')} again</span>}
      </td>
      <td className="long">
        <Acknowledged incident={incident} />{' '}
        {told === 'open' && mayAcknowledge && <Acknowledge incident={incident} />}
      </td>
    </tr>
  )
}

function Acknowledged({ incident: { acknowledgement } }: { incident: ToldIncident }) {
  if (acknowledgement === null) return null
  const { by, note, until, isInForce } = acknowledgement
  const said = [by, until === null ? null : `until ${instant(until)}`, note].filter(Boolean).join(', ')
  return <span className={isInForce ? undefined : 'quiet'}>{said || 'yes'}</span>
}
