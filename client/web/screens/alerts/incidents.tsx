import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { IncidentRow } from '../../../../shared/incident.ts'
import { instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { OlderOnes } from '../../parts/older-ones.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { Switch } from '../../parts/switch.tsx'
import { trpc } from '../../trpc.ts'
import { conditionInWords, measuredInWords } from './incident-in-words.ts'

const PER_PAGE = 20
/** All stores are judged for it. */
const LOOK_EVERY_MS = 60_000

const choices = [
  { value: 'open', text: 'Open' },
  { value: 'week', text: '7 days' },
] as const

/** What somebody is to be told of, as the data are now. */
export function Incidents() {
  const [chosen, setChosen] = useState<(typeof choices)[number]['value']>('open')
  const list = useInfiniteQuery(
    trpc.incident.list.infiniteQueryOptions(
      { limit: PER_PAGE, open: chosen === 'open' },
      { getNextPageParam: ({ nextCursor }) => nextCursor, staleTime: 0, refetchInterval: LOOK_EVERY_MS },
    ),
  )
  const incidents = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section aria-labelledby="incidents">
      <div className="section-head">
        <h2 id="incidents">Incidents</h2>
        <Switch
          name="incidents"
          legend="Which incidents"
          choices={choices}
          chosen={chosen}
          onChoose={setChosen}
        />
      </div>
      {list.error && <Failed error={list.error} />}
      {!list.error && !list.data && <Waiting />}
      {list.data && incidents.length === 0 && <p className="quiet">None.</p>}
      {incidents.length > 0 && (
        <Sideways heading="incidents">
          <table>
            <thead>
              <tr>
                <Column>What</Column>
                <Column>Of</Column>
                <Column>Severity</Column>
                <Column>Since</Column>
                <Column>Opened</Column>
                <Column>Closed</Column>
              </tr>
            </thead>
            <tbody>
              {incidents.map((incident) => (
                <Line key={keyOf(incident)} incident={incident} />
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <OlderOnes list={list} />
    </section>
  )
}

function keyOf({ storeId, group, condition, rule, opened }: IncidentRow): string {
  return JSON.stringify([storeId, group, condition, rule, opened])
}

function Line({ incident }: { incident: IncidentRow }) {
  const { storeId, group, severity, start, opened, closed, ending } = incident
  return (
    <tr>
      <th scope="row">
        {conditionInWords(incident)} <span className="quiet">{measuredInWords(incident)}</span>
      </th>
      <td>{storeId === null ? (group ?? 'all stores') : <StoreLink row={{ storeId, name: null }} />}</td>
      <td className={severity === 'error' || severity === 'critical' ? 'worse' : undefined}>{severity}</td>
      <td>
        <time dateTime={start}>{instant(start)}</time>
      </td>
      <td>
        <time dateTime={opened}>{instant(opened)}</time>
      </td>
      <td>
        {closed === null ? 'open' : <time dateTime={closed}>{instant(closed)}</time>}
        {ending === 'expired' && <span className="quiet"> nothing was heard any more</span>}
      </td>
    </tr>
  )
}
