/** The shell of the threads that read polls for others: it owns the connection, and tells what became of a task. */
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { connect } from '../database/connect.ts'
import { answersOf } from '../reports/thread-shell.ts'
import type { TaskOf, TaskOutcome, WorkerSetting } from '../reports/worker-task.ts'
import type { ExportTasks } from './export-task.ts'
import { createExportTasks } from './export-tasks.ts'

async function connectTasks({ databaseUrl, patienceMs }: WorkerSetting): Promise<ExportTasks> {
  const access = patienceMs === undefined ? {} : { patienceMs }
  return createExportTasks(await connect(databaseUrl, { ...access, readOnly: true, keepsLittle: true }))
}

const answer = answersOf<ExportTasks>(connectTasks)

/** Hands the memory of a result over: to copy it takes as long as to write it. */
function handedOver<Name extends keyof ExportTasks>(name: Name) {
  return async (task: TaskOf<ExportTasks, Name>): Promise<unknown> => {
    const outcome: TaskOutcome<object> = await answer(name)(task)
    if (outcome.type === 'failed') return outcome
    const { result } = outcome
    const parts: unknown[] = ArrayBuffer.isView(result) ? [result] : Object.values(result)
    const buffers = parts.filter((part) => ArrayBuffer.isView(part)).map(({ buffer }) => buffer)
    return move({ [transferableSymbol]: buffers, [valueSymbol]: outcome })
  }
}

export const planPolls = answer('planPolls')
export const readPolls = handedOver('readPolls')
export const writePolls = handedOver('writePolls')
export const writeParquet = handedOver('writeParquet')
export const endParquet = answer('endParquet')
export const pageOfPolls = answer('pageOfPolls')
