/** The thread's shell around `report-tasks.ts`: it owns the connections, and tells what became of a task. */
import { connect } from '../database/connect.ts'
import { usualPartSize } from './part-size.ts'
import { createReportTasks } from './report-tasks.ts'
import { answersOf } from './thread-shell.ts'
import type { WorkerSetting, WorkerTasks } from './worker-task.ts'

async function connectTasks(setting: WorkerSetting): Promise<WorkerTasks> {
  const { databaseUrl, workers, storesPerPart, patienceMs, computedWith } = setting
  const access = patienceMs === undefined ? {} : { patienceMs }
  return createReportTasks({
    reading: await connect(databaseUrl, { ...access, readOnly: true }),
    writing: await connect(databaseUrl, access),
    workers,
    partSize: (storeCount) => storesPerPart ?? usualPartSize(storeCount, workers),
    computedWith,
    now: Date.now,
  })
}

const answer = answersOf<WorkerTasks>(connectTasks)

export const planReport = answer('planReport')
export const generateParts = answer('generateParts')
export const hoursOfWeek = answer('hoursOfWeek')
export const groupsOf = answer('groupsOf')
export const pageOfPeriodGroups = answer('pageOfPeriodGroups')
export const firstPeriodStores = answer('firstPeriodStores')
export const verifyPart = answer('verifyPart')
