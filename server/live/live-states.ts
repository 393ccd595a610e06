import { AppError } from '../../shared/app-error.ts'
import type { DownStoresQuery, DownStores } from '../../shared/store-now.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { longestWindowMs } from '../../shared/report-columns.ts'
import type { Db } from '../database/connect.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { createScheduleZones } from '../database/schedule-zones.ts'
import { findStoreKeys } from '../database/store-columns.ts'
import { lastStoreKey } from '../database/store-ids.ts'
import { chunksMarkedSince, readDataState, tailSince, type DataState } from '../database/store-states.ts'
import { chunkOf, keysOfChunk } from '../database/tail/tail-row.ts'
import { nothingToReportOn } from '../reports/nothing-to-report-on.ts'
import { pollWeeksOf, relevantTime } from '../uptime/store-uptime.ts'
import { createChangeLog } from './change-log.ts'
import { cursorOf, firstDown, placeOfCursor } from './down-order.ts'
import { listChanges, listDown } from './down-stores.ts'
import { createHours } from './hours.ts'
import { judgeStores, type Judged } from './judged-stores.ts'
import type { LiveChanges } from './live-tasks.ts'
import { takePolls } from './new-polls.ts'
import { findStatuses, tellStatuses, type ToldStatuses } from './statuses.ts'
import { createStoreTable } from './store-table.ts'

/** How far a poll reaches where nobody says otherwise: rule 12 of docs/uptime.md. */
const USUAL_REACH_MS = 86_400_000
/** More at once are not told: who asks for all that are down then knows sooner. */
const MOST_CHANGES = 2000
/** As of which there are no polls. */
const NO_BATCH = -1
/** From so many stores of a chunk on, all of it is read sooner. */
const MANY_OF_CHUNK = 512

/** What stores are as of the latest poll, kept in memory, and brought up to date from what has changed since. */
export interface LiveStates {
  /**
   * Which stores are down. Throws a `conflict` AppError where there are no polls, and an `invalid` one for a cursor that is none.
   */
  down(query: DownStoresQuery): Promise<DownStores>
  /** Which stores went down, or are not down any more, since a batch; none where there is no such batch yet. */
  changesAfter(batch: number | undefined): Promise<LiveChanges>
}

/** `db` is best read-only, as what is read at once is read in a transaction. */
export function createLiveStates(db: Db, { reachMs = USUAL_REACH_MS } = {}): LiveStates {
  const schedules = createSchedules()
  const zones = createScheduleZones(db)
  const judged: Judged = {
    table: createStoreTable(),
    hours: createHours(schedules, longestWindowMs + reachMs),
    schedules,
    corrected: new Map(),
    reachMs,
    lookBackMs: longestWindowMs,
  }
  const { table, hours, corrected } = judged
  /** As of which all is known; undefined where nothing is. */
  let known: { readonly batch: number; readonly asOfMs: number } | undefined
  const log = createChangeLog()
  let toldOfAll: ToldStatuses | undefined

  async function look(): Promise<number> {
    const state = await readDataState(db)
    if (state.latestPollMs === undefined) {
      known = undefined
      throw nothingToReportOn()
    }
    if (state.batch === known?.batch) return known.asOfMs
    try {
      // What nothing later is left of was judged by what is gone.
      if (known === undefined || state.latestPollMs < known.asOfMs) await judgeAll(state)
      else await judgeChanged(known.batch)
    } catch (error) {
      // It may be changed in part.
      known = undefined
      throw error
    }
    return known!.asOfMs
  }

  async function judgeAll({ batch, latestPollMs }: DataState): Promise<void> {
    const asOfMs = latestPollMs!
    table.clear()
    corrected.clear()
    hours.begin(asOfMs)
    const lastChunk = chunkOf(await lastStoreKey(db))
    for (let chunk = 0; chunk <= lastChunk; chunk++) await judgeChunk(chunk, asOfMs)
    learn({ batch, asOfMs })
  }

  async function judgeChanged(afterBatch: number): Promise<void> {
    const { state, marked, tail } = await readChanged(afterBatch)
    if (state.latestPollMs! < known!.asOfMs) return judgeAll(state)
    const asOfMs = state.latestPollMs!
    hours.begin(asOfMs)
    const chunks = new Set(marked)
    const storeKeys = new Set<number>()
    takePolls(tail, (chunk) => chunks.has(chunk), judged, storeKeys)
    for (const [storeKey, { untilMs }] of corrected) if (untilMs < asOfMs) storeKeys.add(storeKey)
    for (const [chunk, keys] of Map.groupBy(storeKeys, chunkOf)) {
      if (chunks.has(chunk)) continue
      if (keys.length >= MANY_OF_CHUNK) chunks.add(chunk)
      else
        await judgeStores(
          db,
          keys.sort((a, b) => a - b),
          asOfMs,
          judged,
        )
    }
    for (const chunk of chunks) await judgeChunk(chunk, asOfMs)
    learn({ batch: state.batch, asOfMs })
  }

  /** Of one state of the database. */
  async function readChanged(afterBatch: number) {
    return db.transaction().execute(async (tx) => {
      const state = await readDataState(tx)
      if (state.latestPollMs === undefined) throw nothingToReportOn()
      const marked = await chunksMarkedSince(tx, afterBatch)
      const time = relevantTime(
        { asOfMs: state.latestPollMs, reachMs, interpolation: 'nearest' },
        longestWindowMs,
      )
      const lastChunk = Math.max(chunkOf(table.size), marked.at(-1) ?? 0)
      return { state, marked, tail: await tailSince(tx, afterBatch, pollWeeksOf(time), lastChunk) }
    })
  }

  async function judgeChunk(chunk: number, asOfMs: number): Promise<void> {
    const [first, last] = keysOfChunk(chunk)
    await judgeStores(db, { first, last }, asOfMs, judged)
  }

  function learn(now: { readonly batch: number; readonly asOfMs: number }): void {
    const changes = findStatuses(table, { isOpen: hours.openAtEnd(), asOfMs: now.asOfMs, reachMs })
    if (known === undefined || now.asOfMs < known.asOfMs) log.restart(now.batch)
    else log.add(now.batch, changes)
    known = now
    toldOfAll = undefined
  }

  function ofAll(): ToldStatuses {
    toldOfAll ??= tellStatuses(table, undefined)
    return toldOfAll
  }

  return {
    async down({ limit, cursor, labels }) {
      const after = placeOfCursor(cursor)
      const asOfMs = await look()
      const storeKeys = await findStoreKeys(db, { labels })
      const { down, counts } = storeKeys === undefined ? ofAll() : tellStatuses(table, storeKeys)
      const found = firstDown(down, table.startMs, { after, limit: limit + 1 })
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        asOf: formatTimestamp(asOfMs),
        counts,
        items: await listDown(db, zones, page, asOfMs, judged),
        nextCursor:
          last === undefined || found.length <= limit
            ? null
            : cursorOf({ sinceMs: table.startMs[last]!, storeKey: last }),
      }
    },

    async changesAfter(after) {
      const asOfMs = await look().catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'conflict') return undefined
        throw error
      })
      if (asOfMs === undefined)
        return { batch: NO_BATCH, asOf: null, changes: after === NO_BATCH || after === undefined ? [] : null }
      const { batch } = known!
      const changes = after === undefined ? new Map() : log.after(after)
      const isTooMuch = changes === undefined || changes.size > MOST_CHANGES
      return {
        batch,
        asOf: formatTimestamp(asOfMs),
        changes: isTooMuch ? null : await listChanges(db, zones, changes, asOfMs, judged),
      }
    },
  }
}
