import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import { createRouting, type RoutingSetting } from '../alerts/routing.ts'
import { readAlertRules } from '../database/alert-rules.ts'
import type { Db } from '../database/connect.ts'
import {
  claimWatch,
  keepWatch,
  recordWatched,
  releaseWatch,
  type Watched,
} from '../database/incident-watch.ts'
import { readDataState } from '../database/store-states.ts'
import { incidentJudging } from '../insight/incidents.ts'
import { repeatedly } from '../repeatedly.ts'
import { compared, type LedgerDifference } from './compared.ts'
import { createFoundDifferences } from './found-differences.ts'
import { KEPT_MS, type Known, type Look } from './known.ts'
import { readLedgerRows } from './ledger-rows.ts'
import { recordDifferences, type Recorded, type Recording } from './record-differences.ts'

/** Looks for incidents in what has changed, and records what is to be told of them: rule 45 of docs/uptime.md. */
export interface IncidentWatch {
  /** Looks once. How many events that made; undefined where another server looks. */
  look(): Promise<number | undefined>
  /** Leaves it to another server. */
  release(): Promise<void>
}

export interface IncidentWatchParts {
  /** Best read-only, as what is read at once is read in a transaction. */
  readonly reading: Db
  readonly writing: Db
  readonly setting: RoutingSetting
  readonly now: () => number
  /** Where a greater share of the stores has changed, all are looked at: that is sooner done. */
  readonly mostTouched?: number
}

const MOST_TOUCHED = 1 / 4
const KEEP_EVERY_MS = 3000

export function createIncidentWatch({
  reading,
  writing,
  setting,
  now,
  mostTouched = MOST_TOUCHED,
}: IncidentWatchParts): IncidentWatch {
  const owner = randomUUID()
  const routing = createRouting(setting)
  const foundDifferences = createFoundDifferences(reading, mostTouched)
  let known: Known | undefined

  async function look(): Promise<number | undefined> {
    const watched = await claimWatch(writing, owner)
    if (watched?.wasOurs !== true) known = undefined
    if (watched === undefined) return undefined
    const { batch, latestPollMs } = await readDataState(reading)
    // A look may take long. Where the claim is lost all the same, nothing is recorded in the end.
    await using _ = repeatedly(() => keepWatch(writing, owner), { everyMs: KEEP_EVERY_MS, onError() {} })
    if (latestPollMs === undefined) {
      known = undefined
      return await takeBackAll(watched)
    }
    const looked = await lookOf(batch, watched)
    // What was over before that may change again, and has been forgotten.
    if (looked.dataTimeMs < (watched.dataTimeMs ?? -Infinity)) known = undefined
    known ??= {
      rows: await readLedgerRows(reading, looked.keptFromMs - KEPT_MS),
      batch: -1,
      all: undefined,
      fromMs: -Infinity,
      heldBack: new Set(),
    }
    try {
      return await compareAll(known, looked)
    } catch (error) {
      // It may be known in part.
      known = undefined
      throw error
    }
  }

  async function lookOf(batch: number, { rules: watchedBy }: Watched): Promise<Look> {
    const { version, rules } = await readAlertRules(reading)
    const judging = await incidentJudging(reading, rules)
    const { dataTimeMs } = judging
    const isNew = watchedBy?.version !== version
    const sinceMs = isNew ? dataTimeMs : Math.min(watchedBy.sinceMs, dataTimeMs)
    const keptFromMs = Math.max(sinceMs, dataTimeMs - KEPT_MS)
    return { ...judging, version, batch, nowMs: now(), isNew, sinceMs, keptFromMs }
  }

  async function compareAll(ours: Known, looked: Look): Promise<number> {
    const different = await foundDifferences(ours, looked)
    if (different.length === 0 && ours.batch === looked.batch && !looked.isNew) return 0
    const { rows, events } = await record(different, looked)
    for (const row of rows) ours.rows.put(row)
    ours.rows.forgetBefore(looked.keptFromMs - KEPT_MS)
    ours.batch = looked.batch
    return events.length
  }

  /** Without polls there are no incidents. */
  async function takeBackAll({ rules: watchedBy, dataTimeMs }: Watched): Promise<number> {
    if (watchedBy === undefined || dataTimeMs === undefined) return 0
    const { version, rules } = await readAlertRules(reading)
    const { sinceMs } = watchedBy
    const startMs = Math.max(sinceMs, dataTimeMs - KEPT_MS)
    const rows = await readLedgerRows(reading, startMs)
    const looked = { rules, version, dataTimeMs, sinceMs, nowMs: now() }
    const different = compared(rows.all(), [], { ...looked, startMs })
    return different.length === 0 ? 0 : (await record(different, looked)).events.length
  }

  function record(
    different: readonly LedgerDifference[],
    { rules, version, dataTimeMs, nowMs, sinceMs }: Pick<Look, 'sinceMs'> & Omit<Recording, 'routing'>,
  ): Promise<Recorded> {
    return writing.transaction().execute(async (tx) => {
      if (!(await recordWatched(tx, owner, { version, sinceMs, dataTimeMs, nowMs }))) throw isTaken()
      return recordDifferences(tx, different, { rules, version, dataTimeMs, nowMs, routing })
    })
  }

  return {
    look,
    async release() {
      known = undefined
      await releaseWatch(writing, owner)
    },
  }
}

function isTaken(): AppError {
  return new AppError('unavailable', 'another server looks for incidents by now')
}
