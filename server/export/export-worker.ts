/** The shell of the threads that read polls for others: it owns the connection, and tells what became of a task. */
import { connect } from '../database/connect.ts'
import { answersOf } from '../reports/thread-shell.ts'
import type { WorkerSetting } from '../reports/worker-task.ts'
import type { ExportTasks } from './export-task.ts'
import { createExportTasks } from './export-tasks.ts'

async function connectTasks({ databaseUrl, patienceMs }: WorkerSetting): Promise<ExportTasks> {
  const access = patienceMs === undefined ? {} : { patienceMs }
  return createExportTasks(await connect(databaseUrl, { ...access, readOnly: true, keepsLittle: true }))
}

const answer = answersOf<ExportTasks>(connectTasks)

export const planPolls = answer('planPolls')
export const readPolls = answer('readPolls')
export const writePolls = answer('writePolls')
export const writeParquet = answer('writeParquet')
export const endParquet = answer('endParquet')
export const pageOfPolls = answer('pageOfPolls')
