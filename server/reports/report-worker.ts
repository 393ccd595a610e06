/** The thread's shell around `generate.ts` and `rows.ts`: it owns the connections, and calls what tests call. */
import { workerData } from 'node:worker_threads'
import { stepBehindAnswers } from '../background-thread.ts'
import { connect } from '../database/connect.ts'
import { listPendingParts, planParts } from '../database/report-plan.ts'
import { storePart } from '../database/report-results.ts'
import { createGenerator } from './generate.ts'
import { usualPartSize } from './part-size.ts'
import { createRowReader } from './rows.ts'
import type { WorkerSetting, WorkerTasks } from './worker-task.ts'

async function createTasks({ databaseUrl, workers, storesPerPart }: WorkerSetting): Promise<WorkerTasks> {
  const reading = await connect(databaseUrl, { readOnly: true })
  const writing = await connect(databaseUrl)
  const generator = createGenerator(reading)
  const readRows = createRowReader(reading)
  return {
    async planReport({ reportKey }) {
      const partSize = (storeCount: number) => storesPerPart ?? usualPartSize(storeCount, workers)
      await planParts(writing, reportKey, partSize, Date.now())
      return listPendingParts(writing, reportKey)
    },
    async generatePart({ reportKey, part, viewpoint }) {
      return storePart(writing, reportKey, part.part, await generator.part(part, viewpoint))
    },
    pageOfRows: ({ reportKey, query }) => readRows(reportKey, query),
  }
}

stepBehindAnswers()
const ready = createTasks(workerData as WorkerSetting)
ready.catch(() => undefined) // the first task tells

export const planReport: WorkerTasks['planReport'] = async (task) => (await ready).planReport(task)
export const generatePart: WorkerTasks['generatePart'] = async (task) => (await ready).generatePart(task)
export const pageOfRows: WorkerTasks['pageOfRows'] = async (task) => (await ready).pageOfRows(task)
