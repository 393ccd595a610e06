import { useInfiniteQuery } from '@tanstack/react-query'
import type { TouchedStore } from '../../../../shared/import.ts'
import { count, instant } from '../../format.ts'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { trpc } from '../../trpc.ts'

const PER_PAGE = 50

/** How many stores an import touched; pressed, it opens and closes the row that has them. */
export function TouchedCount({
  stores,
  source,
  isOpen,
  onToggle,
}: {
  stores: number | null
  source: string
  isOpen: boolean
  onToggle: () => void
}) {
  if (stores === null) return '–'
  if (stores === 0) return count(stores)
  return (
    <button type="button" className="plain" aria-expanded={isOpen} onClick={onToggle}>
      {count(stores)}
      <span className="unseen">
        {' '}
        {stores === 1 ? 'store' : 'stores'} changed by {source}
      </span>
    </button>
  )
}

/** The stores of which an import changed something: the first, and more of them when they are asked for. */
export function TouchedStores({ importId }: { importId: number }) {
  const list = useInfiniteQuery(
    trpc.import.stores.infiniteQueryOptions(
      { importId, limit: PER_PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor, staleTime: 0 },
    ),
  )
  const pages = list.data?.pages ?? []
  const stores = pages.flatMap(({ items }) => items)
  return (
    <div className="touched">
      {list.isPending && <Waiting />}
      {list.error && <Failed error={list.error} />}
      {pages[0]?.isRecorded === false && (
        <p className="quiet">Which stores these are was not recorded when it was imported.</p>
      )}
      <ul>
        {stores.map((store) => (
          <li key={`${store.storeId} ${store.deletedAt}`}>
            <Touched store={store} />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <button type="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          More stores
        </button>
      )}
    </div>
  )
}

function Touched({ store }: { store: TouchedStore }) {
  const { storeId, deletedAt } = store
  if (deletedAt === null) return <StoreLink row={store} />
  return (
    <>
      {storeId} <span className="quiet">deleted {instant(deletedAt)}</span>
    </>
  )
}
