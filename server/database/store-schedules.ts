import { sql } from 'kysely'
import type { StoreId } from '../../shared/ids.ts'
import type { Changed } from './changed.ts'
import { chunks, compiledOnce } from './chunks.ts'
import { forgetWeeks } from './kept-weeks.ts'
import { createStoreFinder, inserterOfStores, type FoundStore, type StoreRow } from './stores.ts'
import type { WriteTx } from './write-alone.ts'

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
  const update = updaterOfSchedules(tx)
  let changedRows = 0
  const storeKeys: number[] = []
  for (const round of chunks(rules, STORES_AT_ONCE)) {
    const stores: FoundStore[] = []
    for (const chunk of chunks(round)) stores.push(...(await find(chunk.map(({ storeId }) => storeId))))
    const scheduleKeys = await schedulesOf(
      stores.map(({ stored }, i) => ({ scheduleKey: stored?.schedule_key ?? null, rule: round[i]!.rule })),
    )
    const newStores: StoreRow[] = []
    const changes: ScheduleChange[] = []
    for (const [i, { storeId, key, stored }] of stores.entries()) {
      const schedule_key = scheduleKeys[i]!
      if (stored?.schedule_key === schedule_key) continue
      if (stored === undefined) newStores.push({ store_key: key, store_id: storeId, schedule_key })
      else changes.push({ store_key: key, schedule_key })
      changedRows += round[i]!.rows
      storeKeys.push(key)
    }
    await insert(newStores)
    await update(changes)
    const changedKeys = changes.map(({ store_key }) => store_key)
    if (changes.length > 0) await forgetWeeks(tx, changedKeys, 'always')
  }
  return { rows: changedRows, storeKeys }
}

interface ScheduleChange {
  readonly store_key: number
  readonly schedule_key: number
}

/** An update, as to insert what is there already costs a database with many writers several times as much. */
function updaterOfSchedules(tx: WriteTx): (changes: readonly ScheduleChange[]) => Promise<void> {
  const update = compiledOnce((changes: readonly ScheduleChange[]) => {
    const rows = changes.map(
      ({ store_key, schedule_key }) => sql`(cast(${store_key} as integer), cast(${schedule_key} as integer))`,
    )
    return sql`update store set schedule_key = changed.column2 from (values ${sql.join(rows)}) as changed
      where store.store_key = changed.column1`.compile(tx)
  })
  return async (changes) => {
    for (const chunk of chunks(changes)) await tx.executeQuery(update(chunk))
  }
}
