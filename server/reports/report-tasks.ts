import type { ComputedWith } from '../database/computed-with.ts'
import type { Db } from '../database/connect.ts'
import { listPendingParts, planParts } from '../database/report-plan.ts'
import { storeParts } from '../database/report-results.ts'
import { createGenerator } from './generate.ts'
import { createRowReader } from './rows.ts'
import { stretchesOfParts } from './part-size.ts'
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
  const readRows = createRowReader(reading)
  return {
    async planReport({ reportKey }) {
      await planParts(writing, { reportKey, computedWith, partSize, startedAtMs: now() })
      return stretchesOfParts(await listPendingParts(writing, reportKey), workers)
    },
    async generateParts({ reportKey, parts, viewpoint }) {
      return storeParts(writing, { reportKey, computedWith }, await generator.parts(parts, viewpoint))
    },
    pageOfRows: ({ reportKey, query }) => readRows(reportKey, query),
  }
}
