import { useQuery } from '@tanstack/react-query'
import { businessTime, counted, money } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { salesInWords, sourceInWords } from '../../parts/sales.ts'
import { Sideways } from '../../parts/sideways.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'
import { datesOf } from './months.ts'

const SHOWN = 50

/** What stores lost while they were down. */
export function Cost({ month }: { month: string }) {
  const { group: labels } = useView().view
  const query = { ...datesOf(month), ...(labels === undefined ? {} : { labels: [...labels] }) }
  const before = { placeholderData: <Data,>(data: Data) => data }
  const list = useQuery(trpc.sales.atRisk.queryOptions({ ...query, sortBy: 'most', limit: SHOWN }, before))
  const together = useQuery(trpc.sales.groups.queryOptions(query, before))
  const rows = list.data?.items.filter(({ downtimeMs }) => downtimeMs > 0) ?? []
  const priced = rows.some(({ middle }) => middle !== null)
  return (
    <section aria-labelledby="cost" className={list.isPlaceholderData ? 'stale' : undefined}>
      <h2 id="cost">Sales at risk</h2>
      {list.error && <Failed error={list.error} />}
      {list.data === undefined && !list.error && <Waiting />}
      {list.data && !priced && (
        <p className="quiet">
          {rows.length > 0
            ? 'What stores take is not known: a file of orders tells it, or one of revenue.'
            : 'No store was down.'}
        </p>
      )}
      {priced && (
        <Sideways heading="cost">
          <table>
            <thead>
              <tr>
                <Column>Of</Column>
                <Column isNumber>At risk</Column>
                <Column isNumber>Most likely</Column>
                <Column isNumber>Down</Column>
                <Column isNumber>Not priced</Column>
                <Column isNumber>Unknown</Column>
                <Column>By</Column>
              </tr>
            </thead>
            <tbody>
              {together.data?.groups.map((sums) => (
                <tr key={sums.currency}>
                  <th scope="row">
                    {counted(sums.stores, 'store')} that {sums.stores === 1 ? 'was' : 'were'} down
                  </th>
                  <Amounts of={sums} />
                  <td />
                </tr>
              ))}
              {rows.map((row) => (
                <tr key={row.storeId}>
                  <th scope="row">
                    <StoreLink row={{ storeId: row.storeId, name: null }} />
                  </th>
                  <Amounts of={row} />
                  <td className="quiet">{sourceInWords(row.basis)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      {rows.length === SHOWN && <p className="quiet">The {SHOWN} stores that lost the most.</p>}
    </section>
  )
}

type Sums = Parameters<typeof salesInWords>[0] & {
  readonly downtimeMs: number
  readonly unpricedMs: number
  readonly unknownMs: number
}

function Amounts({ of }: { of: Sums }) {
  return (
    <>
      <td className="number">{salesInWords(of)}</td>
      <td className="number">{of.middle === null ? '' : money(of.middle)}</td>
      <td className="number">{businessTime(of.downtimeMs)}</td>
      <td className="number">{businessTime(of.unpricedMs)}</td>
      <td className="number">{businessTime(of.unknownMs)}</td>
    </>
  )
}
