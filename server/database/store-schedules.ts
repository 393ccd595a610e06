import type { StoreId } from '../../shared/ids.ts'
import type { Changed } from './changed.ts'
import { chunks } from './chunks.ts'
import { dialectOf, type StoreScheduleKey } from './dialect/dialect.ts'
import { forgetWeeks } from './kept-weeks.ts'
import { markStores } from './store-states.ts'
import { createStoreFinder, inserterOfStores, type StoreRow } from './stores.ts'
import { pauseIn, type WriteTx } from './write-alone.ts'

/** How many stores are given schedules at a time: so many that nearly all statements have as many rows, and are prepared once. */
const STORES_AT_ONCE = 20_000

/** What is said of a store, in how many rows. */
export interface StoreRule<Rule> {
  readonly storeId: StoreId
  readonly rule: Rule
  readonly rows: number
}

/** A store that something is said of: its schedule until then, and the rule. */
export interface RuledStore<Rule> {
  readonly scheduleKey: number | null
  readonly rule: Rule
}

/**
 * Gives stores, known or new, the schedules that `schedulesOf` finds for them, some at a time, and returns what changed.
 * `rules` are in ascending order of id, each once.
 */
export async function setSchedules<Rule>(
  tx: WriteTx,
  rules: Iterable<StoreRule<Rule>>,
  schedulesOf: (stores: readonly RuledStore<Rule>[]) => Promise<readonly number[]>,
): Promise<Changed> {
  const find = createStoreFinder(tx, ['schedule_key'])
  const insert = inserterOfStores(tx)
  let changedRows = 0
  const storeKeys: number[] = []
  for (const round of chunks(rules, STORES_AT_ONCE)) {
    await pauseIn(tx)
    const stores = await find(round.map(({ storeId }) => storeId))
    const scheduleKeys = await schedulesOf(
      stores.map(({ stored }, i) => ({ scheduleKey: stored?.schedule_key ?? null, rule: round[i]!.rule })),
    )
    const newStores: StoreRow[] = []
    const changes: StoreScheduleKey[] = []
    for (const [i, { storeId, key, stored }] of stores.entries()) {
      const schedule_key = scheduleKeys[i]!
      if (stored?.schedule_key === schedule_key) continue
      if (stored === undefined) newStores.push({ store_key: key, store_id: storeId, schedule_key })
      else changes.push({ storeKey: key, scheduleKey: schedule_key })
      changedRows += round[i]!.rows
      storeKeys.push(key)
    }
    await insert(newStores)
    if (changes.length === 0) continue
    await dialectOf(tx).writeScheduleKeys(tx, changes)
    await forgetWeeks(
      tx,
      changes.map(({ storeKey }) => storeKey),
      'always',
    )
  }
  await markStores(tx, storeKeys)
  return { rows: changedRows, storeKeys }
}
