import { useInfiniteQuery } from '@tanstack/react-query'
import type { Change } from '../../../../shared/change.ts'
import { counted, instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { OlderOnes } from '../../parts/older-ones.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { trpc } from '../../trpc.ts'

const PER_PAGE = 20

/** Everything that changed the data: who, when and why. */
export function Changes() {
  const list = useInfiniteQuery(
    trpc.data.changes.infiniteQueryOptions(
      { limit: PER_PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor, staleTime: 0 },
    ),
  )
  const changes = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">Changes</h2>
      {list.error && <Failed error={list.error} />}
      {list.data && changes.length === 0 && <p className="quiet">None yet.</p>}
      {changes.length > 0 && (
        <Sideways heading="changes">
          <table>
            <thead>
              <tr>
                <Column>When</Column>
                <Column>What</Column>
                <Column>Of</Column>
                <Column>Who and why</Column>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <tr key={change.changeId}>
                  <td>
                    <time dateTime={change.at}>{instant(change.at)}</time>
                  </td>
                  <th scope="row">{change.what}</th>
                  <td>
                    <Subject of={change} />
                  </td>
                  <td>{[change.author, change.reason].filter((text) => text !== null).join(': ') || '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <OlderOnes list={list} />
    </section>
  )
}

function Subject({ of: { storeId, labels, stores } }: { of: Change }) {
  if (storeId !== null) return <StoreLink row={{ storeId, name: null }} />
  if (labels.length > 0) return labels.join(', ')
  return stores === null ? '–' : counted(stores, 'store')
}
