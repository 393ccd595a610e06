import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
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
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">Changes</h2>
      <ListOfChanges label="Changes" />
    </section>
  )
}

/** The same of a store, alone or with others; asked for when it is opened. */
export function ChangesOfStore({ storeId }: { storeId: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="finding" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>What changed this store</summary>
      {isOpen && <ListOfChanges label="What changed this store" storeId={storeId} />}
    </details>
  )
}

function ListOfChanges({ label, storeId }: { label: string; storeId?: string }) {
  const list = useInfiniteQuery(
    trpc.data.changes.infiniteQueryOptions(
      { limit: PER_PAGE, ...(storeId === undefined ? {} : { storeId }) },
      { getNextPageParam: ({ nextCursor }) => nextCursor, staleTime: 0 },
    ),
  )
  const changes = list.data?.pages.flatMap(({ items }) => items) ?? []
  const notRecorded = list.data?.pages[0]?.changesNotRecorded ?? 0
  return (
    <>
      {list.error && <Failed error={list.error} />}
      {list.data && changes.length === 0 && <p className="quiet">None yet.</p>}
      {changes.length > 0 && (
        <Sideways label={label}>
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
      {notRecorded > 0 && (
        <p className="quiet">
          {counted(notRecorded, 'change')} of several stores may have touched it, too: made before it was
          recorded of which.
        </p>
      )}
      <OlderOnes list={list} />
    </>
  )
}

function Subject({ of: { storeId, labels, stores } }: { of: Change }) {
  if (storeId !== null) return <StoreLink row={{ storeId, name: null }} />
  if (labels.length > 0) return labels.join(', ')
  return stores === null ? '–' : counted(stores, 'store')
}
