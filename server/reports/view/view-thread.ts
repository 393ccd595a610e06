import { extname } from 'node:path'
import { createThreadPool, type ThreadPool } from '../thread-pool.ts'
import type { ViewTasks, WorkerSetting } from '../worker-task.ts'

/** A thread that is rarely asked is not to keep for garbage what takes a hundredth of a second less. */
const YOUNG_MIB = 6

/** One thread for what reports are looked at with, as each would keep them; it ends, and gives that back, when nobody asks. */
export function createViewThread(setting: WorkerSetting): ThreadPool<ViewTasks> {
  const worker = new URL(`./view-worker${extname(import.meta.url)}`, import.meta.url)
  return createThreadPool<ViewTasks>(setting, { minThreads: 0, maxThreads: 1, worker, youngMiB: YOUNG_MIB })
}
