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
  readonly now: () => number
}

/** What a thread does for reports, with connections of its own. */
export function createReportTasks({ reading, writing, partSize, now }: ReportTasksParts): WorkerTasks {
  const generator = createGenerator(reading)
  const readRows = createRowReader(reading)
  return {
    async planReport({ reportKey }) {
      await planParts(writing, reportKey, partSize, now())
      return listPendingParts(writing, reportKey)
    },
    async generatePart({ reportKey, part, viewpoint }) {
      return storePart(writing, reportKey, part.part, await generator.part(part, viewpoint))
    },
    pageOfRows: ({ reportKey, query }) => readRows(reportKey, query),
  }
}
