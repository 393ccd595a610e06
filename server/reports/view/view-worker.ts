/** The shell of the thread that complete reports are looked at in: it owns the connection, and tells what became of a task. */
import { connect } from '../../database/connect.ts'
import { answersOf } from '../thread-shell.ts'
import type { ViewTasks, WorkerSetting } from '../worker-task.ts'
import { createViewer } from './viewer.ts'

async function connectTasks({ databaseUrl, patienceMs }: WorkerSetting): Promise<ViewTasks> {
  const access = patienceMs === undefined ? {} : { patienceMs }
  const viewer = createViewer(await connect(databaseUrl, { ...access, readOnly: true, keepsLittle: true }))
  return {
    pageOfRows: ({ viewed, query }) => viewer.rows(viewed, query),
    summaryOfRows: ({ viewed, query }) => viewer.summary(viewed, query),
    sumOfRows: ({ report, storeId }) => viewer.sums(report, storeId),
  }
}

const answer = answersOf<ViewTasks>(connectTasks, { isAwaited: true })

export const pageOfRows = answer('pageOfRows')
export const summaryOfRows = answer('summaryOfRows')
export const sumOfRows = answer('sumOfRows')
