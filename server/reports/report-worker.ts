/** The thread's shell around `report-tasks.ts`: it owns the connections, and tells what became of a task. */
import { workerData } from 'node:worker_threads'
import { stepBehindAnswers } from '../background-thread.ts'
import { connect } from '../database/connect.ts'
import { usualPartSize } from './part-size.ts'
import { createReportTasks } from './report-tasks.ts'
import {
  outcomeOf,
  type ResultOf,
  type TaskOf,
  type TaskOutcome,
  type WorkerSetting,
  type WorkerTasks,
} from './worker-task.ts'

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

let connected: Promise<WorkerTasks> | undefined

/** Connected once; where that failed, it is tried again for the next task. */
function tasks(): Promise<WorkerTasks> {
  connected ??= connectTasks(workerData as WorkerSetting).catch((error: unknown) => {
    connected = undefined
    throw error
  })
  return connected
}

stepBehindAnswers()
tasks().catch(() => undefined) // the first task tells

type Answer<Name extends keyof WorkerTasks> = (task: TaskOf<Name>) => Promise<TaskOutcome<ResultOf<Name>>>

export const planReport: Answer<'planReport'> = (task) =>
  outcomeOf(tasks().then((all) => all.planReport(task)))
export const generateParts: Answer<'generateParts'> = (task) =>
  outcomeOf(tasks().then((all) => all.generateParts(task)))
export const pageOfRows: Answer<'pageOfRows'> = (task) =>
  outcomeOf(tasks().then((all) => all.pageOfRows(task)))
export const sumOfRows: Answer<'sumOfRows'> = (task) => outcomeOf(tasks().then((all) => all.sumOfRows(task)))
export const groupsOf: Answer<'groupsOf'> = (task) => outcomeOf(tasks().then((all) => all.groupsOf(task)))
export const pageOfPeriodGroups: Answer<'pageOfPeriodGroups'> = (task) =>
  outcomeOf(tasks().then((all) => all.pageOfPeriodGroups(task)))
export const firstPeriodStores: Answer<'firstPeriodStores'> = (task) =>
  outcomeOf(tasks().then((all) => all.firstPeriodStores(task)))
export const verifyPart: Answer<'verifyPart'> = (task) =>
  outcomeOf(tasks().then((all) => all.verifyPart(task)))
