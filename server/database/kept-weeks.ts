import { firstDateOf, isoWeekOf } from '../uptime/iso-week.ts'
import type { Interval } from '../uptime/interval.ts'
import { timeOfDates } from '../uptime/time-of-dates.ts'
import { bytesOfWords, type Words } from '../uptime/words.ts'
import { chunks } from './chunks.ts'
import type { ComputedWith } from './computed-with.ts'
import type { Db } from './connect.ts'
import { dialectOf, type PackedWords } from './dialect/dialect.ts'
import { isIntact, withChecksum } from './poll-checksum.ts'
import { writeAlone, type WriteTx } from './write-alone.ts'

/** What is kept is judged so, and with corrections. */
export const keptPolicy = { interpolation: 'nearest', reachMs: 86_400_000 } as const

/** A row has the totals of a store in so many ISO weeks, of each week up, down, unknown and excused time. */
export const WEEKS_PER_ROW = 16
export const WORDS_PER_WEEK = 4
/** In place of a week's first total: nothing is kept of it. */
export const NOT_KEPT = 0xffffffff

export function rowWeekOf(isoWeek: number): number {
  return Math.floor(isoWeek / WEEKS_PER_ROW) * WEEKS_PER_ROW
}

/** The instants that can matter to an ISO week, in whatever zone. */
export function timeOfIsoWeek(isoWeek: number): Interval {
  const monday = firstDateOf(isoWeek)
  return timeOfDates(monday, monday + 6, keptPolicy.reachMs)
}

/** The totals of a store in the ISO weeks from `week` on. */
export interface KeptRow {
  readonly week: number
  readonly storeKey: number
  readonly totals: Words
}

/** The rows of some stores: of the store at a place, the words from `from` on there. */
export interface KeptRows {
  readonly week: number
  readonly storeKeys: readonly number[]
  readonly from: Uint32Array
  readonly words: Words
}

export interface KeptWeeks {
  /** Of the data that the totals are of. */
  readonly dataVersion: number
  readonly rows: readonly KeptRows[]
}

/** What is to be kept; `isoWeeks` has all weeks that are. */
export interface FoundWeeks {
  readonly dataVersion: number
  readonly rows: readonly KeptRow[]
  readonly isoWeeks: readonly number[]
}

/**
 * What is kept of stores, whose keys are in ascending order, in rows of some weeks; undefined where nothing of these versions
 * can be kept. A row that is damaged is as good as none.
 */
export async function readKeptWeeks(
  tx: Db,
  computedWith: ComputedWith,
  { rowWeeks, storeKeys }: { readonly rowWeeks: readonly number[]; readonly storeKeys: readonly number[] },
): Promise<KeptWeeks | undefined> {
  const state = await readState(tx)
  if (!isOf(state, computedWith)) return undefined
  const packed = await dialectOf(tx).readPacked(tx, 'kept_totals', rowWeeks, storeKeys)
  return { dataVersion: state.data_version, rows: packed.map((rows, i) => intactRows(rows, rowWeeks[i]!)) }
}

function intactRows({ storeKeys, from, to, words }: PackedWords, week: number): KeptRows {
  storeKeys.forEach((storeKey, i) => {
    const isAsWritten = isIntact(words, from[i]!, to[i]!, { week, storeKey })
    if (!isAsWritten) words.fill(NOT_KEPT, from[i], to[i])
  })
  return { week, storeKeys, from, words }
}

/** Keeps totals of some ISO weeks, unless the data has changed since they were judged, or is being changed. */
export async function keepWeeks(
  db: Db,
  computedWith: ComputedWith,
  { dataVersion, rows, isoWeeks }: FoundWeeks,
): Promise<void> {
  if (rows.length === 0) return
  const dialect = dialectOf(db)
  await db.transaction().execute(async (tx) => {
    if (!(await dialect.tryToShare(tx, 'data'))) return
    const state = await readState(tx)
    if (state.data_version !== dataVersion || !isOf(state, computedWith)) return
    await tx
      .insertInto('kept_week')
      .values(isoWeeks.map((week) => ({ week })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    for (const chunk of chunks(rows, dialect.pollRowsAtOnce)) {
      const packed = chunk.map(({ week, storeKey, totals }) => ({
        week,
        storeKey,
        bytes: bytesOfWords(withChecksum(totals, week, storeKey)),
      }))
      await dialect.writePacked(tx, 'kept_totals', packed, false)
    }
  })
}

/** Begins anew where what is kept was computed with other versions. */
export async function beginKeeping(db: Db, computedWith: ComputedWith): Promise<void> {
  if (isOf(await readState(db), computedWith)) return
  const { programVersion, zoneDataVersion } = computedWith
  await writeAlone(db, 'data', async (tx) => {
    await forgetWeeks(tx, 'all', 'always')
    await tx
      .updateTable('kept_state')
      .set({ program_version: programVersion, zone_data_version: zoneDataVersion })
      .execute()
  })
}

/**
 * Forgets what is kept of stores, as polls, rules or corrections of some time have changed: in the transaction that changes
 * them, so that nobody keeps what was judged before.
 */
export async function forgetWeeks(
  tx: WriteTx,
  storeKeys: readonly number[] | 'all',
  time: Interval | 'always',
): Promise<void> {
  await tx
    .updateTable('kept_state')
    .set((eb) => ({ data_version: eb('data_version', '+', 1) }))
    .execute()
  await removeKept(tx, storeKeys, time)
}

async function removeKept(
  tx: WriteTx,
  storeKeys: readonly number[] | 'all',
  time: Interval | 'always',
): Promise<void> {
  for (const week of await keptRowWeeks(tx, time)) {
    const ofWeek = tx.deleteFrom('kept_totals').where('week', '=', week)
    if (storeKeys === 'all') await ofWeek.execute()
    else for (const chunk of chunks(storeKeys)) await ofWeek.where('store_key', 'in', chunk).execute()
  }
}

/** Stores whose data changes in a transaction, together where the same ISO weeks are touched. */
export interface TouchedStores {
  add(storeKey: number, time: Interval): void
  addAll(storeKeys: Iterable<number>, time: Interval): void
  /** `numbered` where the change has a batch of its own, which is as good as a version. */
  forget(tx: WriteTx, numbered?: 'numbered'): Promise<void>
}

export function createTouchedStores(): TouchedStores {
  const byWeeks = new Map<number, { readonly storeKeys: number[]; readonly time: Interval }>()

  function touchedWith(time: Interval): number[] {
    const [first, last] = isoWeeksAround(time)
    const weeks = first * MOST_ISO_WEEKS + last
    const known = byWeeks.get(weeks) ?? { storeKeys: [], time }
    byWeeks.set(weeks, known)
    return known.storeKeys
  }

  return {
    add: (storeKey, time) => void touchedWith(time).push(storeKey),
    addAll(storeKeys, time) {
      const touched = touchedWith(time)
      for (const storeKey of storeKeys) touched.push(storeKey)
    },
    async forget(tx, numbered) {
      const forget = numbered === undefined ? forgetWeeks : removeKept
      for (const { storeKeys, time } of byWeeks.values()) await forget(tx, storeKeys, time)
    },
  }
}

/** More than there will be. */
const MOST_ISO_WEEKS = 2 ** 20

/** The rows in which weeks may be kept that some time matters to. */
async function keptRowWeeks(tx: Db, time: Interval | 'always'): Promise<readonly number[]> {
  const [first, last] = time === 'always' ? [] : isoWeeksAround(time)
  const rows = await tx
    .selectFrom('kept_week')
    .select('week')
    .$if(first !== undefined, (query) => query.where('week', '>=', first!))
    .$if(last !== undefined, (query) => query.where('week', '<=', last!))
    .execute()
  return [...new Set(rows.map(({ week }) => rowWeekOf(week)))]
}

/** The first and the last ISO week that what happens in some time can matter to, in whatever zone. */
function isoWeeksAround({ startMs, endMs }: Interval): readonly [first: number, last: number] {
  const aroundMs = DAY_MS + keptPolicy.reachMs
  return [
    isoWeekOf(Math.floor((startMs - aroundMs) / DAY_MS)),
    isoWeekOf(Math.floor((endMs + aroundMs) / DAY_MS)),
  ]
}

const DAY_MS = 86_400_000

interface KeptState {
  readonly data_version: number
  readonly program_version: string | null
  readonly zone_data_version: string | null
}

/** What is added to polls is numbered, and so it need not be counted here as well: a page less for each push. */
async function readState(db: Db): Promise<KeptState> {
  const state = await db
    .selectFrom('kept_state')
    .innerJoin('poll_batch', (join) => join.onTrue())
    .select(['data_version', 'last_batch', 'program_version', 'zone_data_version'])
    .executeTakeFirstOrThrow()
  return { ...state, data_version: state.data_version + state.last_batch }
}

function isOf(state: KeptState, { programVersion, zoneDataVersion }: ComputedWith): boolean {
  return state.program_version === programVersion && state.zone_data_version === zoneDataVersion
}
