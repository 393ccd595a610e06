import type { TakenLines } from './line-blocks.ts'
import type { Db } from '../database/connect.ts'
import { storeIdPattern, type StoreId } from '../../shared/ids.ts'

/** Takes the rows of a file, one after the other, and makes changes to the database of them. */
export interface RowCollector {
  /** Takes a row, or says why it cannot be taken. */
  take(fields: readonly string[]): string | undefined
  /** Takes rows straight from a file's bytes, where the file allows it: see `createPlainPolls`. */
  readonly takeFirst?: ((bytes: Buffer) => TakenLines) | undefined
  /** Rows that were taken since the last `drain`. */
  size(): number
  /** What those rows say, and forgets them. What takes long without the database is done here. */
  drain(): Change
}

/** Makes a change, and returns how many of its rows changed something. Runs in a transaction. */
export type Change = (transaction: Db) => Promise<number>

/** `text` as a store's id, or undefined. Its memory is its own: a field shares that of the block it was read in. */
export function findStoreId(text: string): StoreId | undefined {
  if (!storeIdPattern.test(text)) return undefined
  return Buffer.from(text, 'latin1').toString('latin1') as StoreId
}

export function storeIdProblem(text: string): string {
  return `store_id ${quoted(text)} is not 1 to 128 letters, digits and . _ : - that start with a letter or digit`
}

export function versionProblem(validFrom: string): string {
  return `valid_from ${quoted(validFrom)}: rules that hold from an instant on are not supported yet`
}

/** A field for a message: in quotes, cut where it is long. */
export function quoted(text: string): string {
  return text.length > 100 ? `"${text.slice(0, 100)}…"` : `"${text}"`
}
