import type { StoreId } from '../../../shared/ids.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import type { RejectionCounts } from '../../database/rejected-summary.ts'
import { quoted } from './row-collector.ts'

/** More different reasons than a file has; a hostile one could make one of each row. */
const MOST_REASONS = 1000
const OTHER_REASONS = 'other reasons'

/** Counts rejected rows by reason and by store, in memory that grows with the stores, not with the rows. */
export interface RejectionCounter {
  count(row: {
    readonly line: number
    readonly reason: string
    readonly fields: readonly string[]
    /** The place of the store's id in `fields`. */
    readonly storeAt: number
  }): void
  /** Of all reasons, a store for each that it has. */
  storeCount(): number
  counts(): RejectionCounts
}

interface Counted {
  rows: number
  readonly firstLine: number
}

export function createRejectionCounter(): RejectionCounter {
  const reasons = new Map<string, Counted & { readonly number: number }>()
  const stores: Map<string, Counted>[] = []
  let storeCount = 0

  function reasonOf(text: string, line: number) {
    const name = reasons.has(text) || reasons.size < MOST_REASONS ? text : OTHER_REASONS
    let reason = reasons.get(name)
    if (reason === undefined) {
      reasons.set(name, (reason = { rows: 0, firstLine: line, number: reasons.size }))
      stores.push(new Map())
    }
    return reason
  }

  return {
    count({ line, reason: text, fields, storeAt }) {
      const reason = reasonOf(generalReason(text, fields), line)
      reason.rows++
      const storeId = fields[storeAt]?.trim()
      if (storeId === undefined || !storeIdPattern.test(storeId)) return
      const ofReason = stores[reason.number]!
      const counted = ofReason.get(storeId)
      if (counted !== undefined) counted.rows++
      else {
        ofReason.set(storeId, { rows: 1, firstLine: line })
        storeCount++
      }
    },
    storeCount: () => storeCount,
    counts: () => ({
      reasons: Array.from(reasons, ([reason, { rows, firstLine }]) => ({
        reason: reason.replaceAll('\0', '\uFFFD').toWellFormed(),
        rows,
        firstLine,
      })),
      stores: stores.flatMap((ofReason, reason) =>
        Array.from(ofReason, ([storeId, counted]) => ({ storeId: storeId as StoreId, reason, ...counted })),
      ),
    }),
  }
}

/** A reason without the row's own values: `day "7" is not 0 to 6` as `day … is not 0 to 6`. */
function generalReason(reason: string, fields: readonly string[]): string {
  let general = reason
  for (const field of fields) {
    for (const value of new Set([field, field.trim()])) general = general.replace(quoted(value), '…')
  }
  return general
}
