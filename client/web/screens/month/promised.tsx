import { useQuery } from '@tanstack/react-query'
import type { SloGroup, SloRow } from '../../../../shared/slo.ts'
import { businessTime, counted, percent } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'

const SHOWN = 50

/** How much of the downtime that they may have stores have spent. */
export function Promised({ month }: { month: string }) {
  const { group: labels } = useView().view
  const groups = labels === undefined ? {} : { labels: [...labels] }
  const before = { placeholderData: <Data,>(data: Data) => data }
  const list = useQuery(
    trpc.slo.list.queryOptions({ month, ...groups, sortBy: 'spent', limit: SHOWN }, before),
  )
  const together = useQuery(trpc.slo.groups.queryOptions({ month, ...groups }, before))
  const rows = list.data?.items ?? []
  return (
    <section aria-labelledby="promised" className={list.isPlaceholderData ? 'stale' : undefined}>
      <h2 id="promised">Downtime that was promised</h2>
      {list.error && <Failed error={list.error} />}
      {list.data === undefined && !list.error && <Waiting />}
      {list.data && rows.length === 0 && (
        <p className="quiet">
          Of no store an uptime is promised: a rule of budget does so, in the document of rules of alerts.
        </p>
      )}
      {rows.length > 0 && (
        <Sideways heading="promised">
          <table>
            <thead>
              <tr>
                <Column>Of</Column>
                <Column isNumber>Promised uptime</Column>
                <Column isNumber>Spent</Column>
                <Column isNumber>Down</Column>
                <Column isNumber>Allowed</Column>
                <Column isNumber>Left</Column>
                <Column isNumber>Unknown</Column>
              </tr>
            </thead>
            <tbody>
              {together.data?.groups.map((group) => (
                <tr key={group.rule}>
                  <th scope="row">
                    {counted(group.stores, 'store')}{' '}
                    <span className="quiet">of which {counted(group.overStores, 'is', 'are')} over</span>
                  </th>
                  <Amounts of={group} />
                </tr>
              ))}
              {rows.map((row) => (
                <tr key={row.storeId}>
                  <th scope="row">
                    <StoreLink row={{ storeId: row.storeId, name: null }} />
                  </th>
                  <Amounts of={row} />
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      {rows.length === SHOWN && <p className="quiet">The {SHOWN} stores that spent the most.</p>}
    </section>
  )
}

function Amounts({ of }: { of: Pick<SloRow, keyof SloRow & keyof SloGroup> }) {
  const { target, spentPercent, downtimeMs, budgetMs, leftMs, unknownMs } = of
  return (
    <>
      <td className="number">{target} %</td>
      <td className={spentPercent >= 100 ? 'number worse' : 'number'}>{percent(spentPercent)}</td>
      <td className="number">{businessTime(downtimeMs)}</td>
      <td className="number">{businessTime(budgetMs)}</td>
      <td className="number">{leftMs < 0 ? `−${businessTime(-leftMs)}` : businessTime(leftMs)}</td>
      <td className="number">{businessTime(unknownMs)}</td>
    </>
  )
}
