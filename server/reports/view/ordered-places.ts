import type { rowOrders } from '../../../shared/row-columns.ts'
import type { Db } from '../../database/connect.ts'
import { eachStore, type StoresToTake } from './each-store.ts'
import type { KeyOf } from './row-order.ts'
import { sortedPlaces } from './sorted-places.ts'
import { storesIn, type Places } from './viewed-parts.ts'

export interface PlacesWanted extends StoresToTake {
  /** undefined where they are sorted by id. */
  readonly keyOf: KeyOf | undefined
  readonly order: (typeof rowOrders)[number]
}

/** The places of a report's stores that pass tests, in order. */
export async function orderedPlaces(db: Db, wanted: PlacesWanted): Promise<Places> {
  const { keyOf, order } = wanted
  const stores = storesIn(wanted.of)
  const places = new Uint32Array(stores)
  const keys = new Uint32Array(keyOf === undefined ? 0 : stores)
  let count = 0
  if (keyOf === undefined && wanted.tests.length === 0) {
    for (; count < stores; count++) places[count] = count
  } else {
    await eachStore(db, wanted, (part, store) => {
      if (keyOf !== undefined) keys[count] = keyOf(part, store)
      places[count++] = part.place.first + store
    })
  }
  const found = count === stores ? places : places.slice(0, count)
  if (keyOf !== undefined) return sortedPlaces(found, count === stores ? keys : keys.slice(0, count), order)
  return order === 'ascending' ? found : found.reverse()
}
