import { storeAddress } from '../store-address.ts'
import { ViewLink } from './view-link.tsx'

/** A store by its name, where it has one, and its id. */
export function StoreLink({ row: { storeId, name } }: { row: { storeId: string; name: string | null } }) {
  return (
    <ViewLink to={storeAddress(storeId)} className="store">
      {name ?? storeId}
      {name !== null && <small>{storeId}</small>}
    </ViewLink>
  )
}
