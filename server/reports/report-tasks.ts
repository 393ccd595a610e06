import type { ComputedWith } from '../database/computed-with.ts'
import type { Db } from '../database/connect.ts'
import { dialectOf } from '../database/dialect/dialect.ts'
import { listPendingParts, planParts, type PartPlan } from '../database/report-plan.ts'
import type { PartResult } from '../database/report-results.ts'
import { doParts, type PartsOutcome } from '../database/shared-parts.ts'
import { beginKeeping, keepWeeks, type FoundWeeks } from '../database/kept-weeks.ts'
import { createGenerator } from './generate.ts'
import { groupsOf } from './groups.ts'
import { createPeriodGroupReader } from './period-groups.ts'
import { firstPeriodStores } from './period-stores.ts'
import { verifyPart } from './verify-part.ts'
import { mostStoresOf } from './asked-time.ts'
import { unlessKnown } from './known-outcome.ts'
import { stretchesOfParts, type PartStretch } from './part-size.ts'
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
  async function generateParts({
    reportKey,
    parts,
    asked,
  }: Parameters<WorkerTasks['generateParts']>[0]): Promise<PartsOutcome> {
    const planned = { reportKey, computedWith }
    const weeks = weeksOf(asked)
    if (weeks === undefined) {
      return doParts(writing, planned, parts, (claimed) =>
        byStretches(claimed, (stretch) => generator.parts(stretch, asked)),
      )
    }
    const founds: FoundWeeks[] = []
    const outcome = await doParts(writing, planned, parts, (claimed) =>
      byStretches(claimed, async (stretch) => {
        const { results, found } = await generator.partsWithKept(stretch, { asked, weeks, computedWith })
        if (found !== undefined) founds.push(found)
        return results
      }),
    )
    for (const found of founds) await keepWeeks(writing, computedWith, found)
    return outcome
  }

  return {
    async planReport({ reportKey, asked, anew }) {
      const most = mostStoresOf(asked)
      if (weeksOf(asked) !== undefined) await beginKeeping(writing, computedWith)
      const { reportPartsAtOnce, locksRows } = dialectOf(writing)
      const { parts, isBegun } = await planParts(writing, {
        reportKey,
        computedWith,
        anew,
        partSize: (storeCount) => Math.min(most, partSize(storeCount)),
        startedAtMs: now(),
      })
      // Where others have begun it, those are claimed that are left, and these need not be asked for.
      const pending = isBegun || locksRows ? parts : await listPendingParts(writing, reportKey)
      // Of a report by period so much is read and kept of a store that more at once would take too much memory.
      const partsAtOnce = asked.periods === undefined ? reportPartsAtOnce : 1
      return stretchesOfParts(pending, { workers, partsAtOnce })
    },
    generateParts: (task) => unlessKnown(task.known, () => generateParts(task)),
    hoursOfWeek: ({ parts, asked }) => generator.hoursOfWeek(parts, asked),
    groupsOf: ({ reportKey, label }) => groupsOf(reading, reportKey, label),
    pageOfPeriodGroups: ({ report, query }) => readPeriodGroups(report, query),
    firstPeriodStores: ({ report, query }) => firstPeriodStores(reading, report, query),
    verifyPart: (task) => verifyPart(reading, generator, task),
  }
}

/** Of parts that were not all claimed, those that follow each other are done at once. */
async function byStretches(
  parts: readonly PartPlan[],
  compute: (stretch: PartStretch) => Promise<PartResult[]>,
): Promise<PartResult[]> {
  const results: PartResult[] = []
  for (const stretch of stretchesOfParts(parts, { workers: 1, partsAtOnce: parts.length })) {
    results.push(...(await compute(stretch)))
  }
  return results
}
