import type { ComputedWith } from '../database/computed-with.ts'
import type { Db } from '../database/connect.ts'
import { dialectOf } from '../database/dialect/dialect.ts'
import { listPendingParts, planParts } from '../database/report-plan.ts'
import { storeParts } from '../database/report-results.ts'
import { beginKeeping, keepWeeks } from '../database/kept-weeks.ts'
import { createGenerator } from './generate.ts'
import { groupsOf } from './groups.ts'
import { createPeriodGroupReader } from './period-groups.ts'
import { firstPeriodStores } from './period-stores.ts'
import { verifyPart } from './verify-part.ts'
import { mostStoresOf } from './asked-time.ts'
import { stretchesOfParts } from './part-size.ts'
import { weeksOf } from './report-weeks.ts'
import type { WorkerTasks } from './worker-task.ts'

export interface ReportTasksParts {
  readonly reading: Db
  readonly writing: Db
  readonly partSize: (storeCount: number) => number
  readonly workers: number
  readonly computedWith: ComputedWith
  readonly now: () => number
}

/** What a thread does for reports, with connections of its own. */
export function createReportTasks({
  reading,
  writing,
  partSize,
  workers,
  computedWith,
  now,
}: ReportTasksParts): WorkerTasks {
  const generator = createGenerator(reading)
  const readPeriodGroups = createPeriodGroupReader(reading)
  return {
    async planReport({ reportKey, asked }) {
      const most = mostStoresOf(asked)
      if (weeksOf(asked) !== undefined) await beginKeeping(writing, computedWith)
      await planParts(writing, {
        reportKey,
        computedWith,
        partSize: (storeCount) => Math.min(most, partSize(storeCount)),
        startedAtMs: now(),
      })
      const pending = await listPendingParts(writing, reportKey)
      // Of a report by period so much is read and kept of a store that more at once would take too much memory.
      const partsAtOnce = asked.periods === undefined ? dialectOf(writing).reportPartsAtOnce : 1
      return stretchesOfParts(pending, { workers, partsAtOnce })
    },
    async generateParts({ reportKey, parts, asked }) {
      const planned = { reportKey, computedWith }
      const weeks = weeksOf(asked)
      if (weeks === undefined) return storeParts(writing, planned, await generator.parts(parts, asked))
      const { results, found } = await generator.partsWithKept(parts, { asked, weeks, computedWith })
      const isWanted = await storeParts(writing, planned, results)
      if (found !== undefined) await keepWeeks(writing, computedWith, found)
      return isWanted
    },
    hoursOfWeek: ({ parts, asked }) => generator.hoursOfWeek(parts, asked),
    groupsOf: ({ reportKey, label }) => groupsOf(reading, reportKey, label),
    pageOfPeriodGroups: ({ report, query }) => readPeriodGroups(report, query),
    firstPeriodStores: ({ report, query }) => firstPeriodStores(reading, report, query),
    verifyPart: (task) => verifyPart(reading, generator, task),
  }
}
