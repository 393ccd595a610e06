import { workerData } from 'node:worker_threads'
import { stepBehindAnswers } from '../background-thread.ts'
import { throughGate } from './thread-gate.ts'
import {
  outcomeOf,
  type ResultOf,
  type TaskOf,
  type TaskOutcome,
  type Tasks,
  type ThreadSetting,
  type WorkerSetting,
} from './worker-task.ts'

/** What a thread answers to a task of a name. */
export type Answer<All extends Tasks<All>, Name extends keyof All> = (
  task: TaskOf<All, Name>,
) => Promise<TaskOutcome<ResultOf<All, Name>>>

/**
 * A thread's answers, whose connections are made once; where that failed, it is tried again for the next task. Whoever
 * waits for an answer is not to wait for reports that are computed meanwhile: `isAwaited`.
 */
export function answersOf<All extends Tasks<All>>(
  connect: (setting: WorkerSetting) => Promise<All>,
  { isAwaited = false } = {},
): <Name extends keyof All>(name: Name) => Answer<All, Name> {
  const setting = workerData as ThreadSetting
  let connected: Promise<All> | undefined

  function tasks(): Promise<All> {
    connected ??= throughGate(setting.gate, () => connect(setting)).catch((error: unknown) => {
      connected = undefined
      throw error
    })
    return connected
  }

  if (!isAwaited) stepBehindAnswers()
  tasks().catch(() => undefined) // the first task tells
  return (name) => (task) => outcomeOf(tasks().then((all) => all[name](task as never)) as Promise<never>)
}
