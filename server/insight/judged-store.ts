import type { CorrectionUse } from '../../shared/correction-kind.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { JudgingOptions } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { readStoreFacts } from '../database/store-facts.ts'
import { asOfMsOf } from '../reports/as-of.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import type { Interval } from '../uptime/interval.ts'
import type { Schedule, ZoneInForce } from '../uptime/schedule.ts'
import type { JudgedInput } from '../uptime/speaking-polls.ts'
import type { Viewpoint } from '../uptime/store-uptime.ts'

/** What an answer is computed with. */
export interface Judging extends Viewpoint {
  readonly corrections: CorrectionUse
}

export async function judgingOf(db: Db, options: JudgingOptions): Promise<Judging> {
  const { interpolation, reach, corrections } = options
  return { asOfMs: await asOfMsOf(db, options), interpolation, reachMs: reach, corrections }
}

/** A store, ready to be judged over some time. */
export interface JudgedStore {
  readonly input: JudgedInput
  readonly schedule: Schedule
  readonly zones: readonly ZoneInForce[]
}

/** As of one moment. Throws a `not-found` AppError where there is no such store. */
export async function readJudgedStore(
  db: Db,
  storeId: StoreId,
  time: Interval,
  judging: Judging,
): Promise<JudgedStore> {
  const schedules = createSchedules()
  const wanted = { time, schedules, corrections: judging.corrections }
  const { store, polls, corrections } = await readStoreFacts(db, storeId, wanted)
  const schedule = schedules.of(store)
  const hours = createOpenHours(time)
  return {
    schedule,
    zones: hours.zonesOf(store, schedule),
    input: { open: hours.of(store, schedule), weeks: polls, viewpoint: judging, corrections },
  }
}
