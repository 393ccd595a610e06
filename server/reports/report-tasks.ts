import type { ComputedWith } from '../database/computed-with.ts'
import type { Db } from '../database/connect.ts'
import { listPendingParts, planParts } from '../database/report-plan.ts'
import { storePart } from '../database/report-results.ts'
import { createGenerator } from './generate.ts'
import { createRowReader } from './rows.ts'
import type { WorkerTasks } from './worker-task.ts'

export interface ReportTasksParts {
  readonly reading: Db
  readonly writing: Db
  readonly partSize: (storeCount: number) => number
  readonly computedWith: ComputedWith
  readonly now: () => number
}

/** What a thread does for reports, with connections of its own. */
export function createReportTasks({
  reading,
  writing,
  partSize,
  computedWith,
  now,
}: ReportTasksParts): WorkerTasks {
  const generator = createGenerator(reading)
  const readRows = createRowReader(reading)
  return {
    async planReport({ reportKey }) {
      await planParts(writing, { reportKey, computedWith, partSize, startedAtMs: now() })
      return listPendingParts(writing, reportKey)
    },
    async generatePart({ reportKey, part, viewpoint }) {
      const result = await generator.part(part, viewpoint)
      return storePart(writing, { reportKey, part: part.part, computedWith }, result)
    },
    pageOfRows: ({ reportKey, query }) => readRows(reportKey, query),
  }
}
