import { AppError } from '../../shared/app-error.ts'
import { parseKey } from './key.ts'
import type { StoreId } from '../../shared/ids.ts'
import { storeIdPattern } from '../../shared/store-id-pattern.ts'

/** The number that the page before ended with. Throws an `invalid` AppError where the cursor is no cursor `of` that list. */
export function numberOfCursor(cursor: string | undefined, of: string): number | undefined {
  if (cursor === undefined) return undefined
  const key = parseKey(cursor)
  if (key === undefined) throw noCursor(cursor, of)
  return key
}

/** The store that the page before ended with; throws likewise. */
export function storeOfCursor(cursor: string | undefined, of: string): StoreId | undefined {
  if (cursor === undefined) return undefined
  if (!storeIdPattern.test(cursor)) throw noCursor(cursor, of)
  return cursor as StoreId
}

export function noCursor(cursor: string, of: string): AppError {
  return new AppError('invalid', `"${cursor}" is not a cursor of ${of}: take nextCursor of the page before`)
}
