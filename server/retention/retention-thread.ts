import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError, type AppErrorCode } from '../../shared/app-error.ts'
import type { RetentionRun } from '../../shared/retention.ts'
import type { RetentionSetting } from './retention.ts'

export type RetentionThreadSetting = RetentionSetting & { readonly databaseUrl: string }

/** What the thread says when it is done. */
export type RetentionAnswer =
  | { readonly type: 'done'; readonly run: RetentionRun }
  | { readonly type: 'failed'; readonly code: AppErrorCode; readonly reason: string }

/** Deletes what is old, in a thread of its own; once it is told to stop, no further step is begun. Throws an AppError. */
export async function retainInThread(
  setting: RetentionThreadSetting,
  signal: AbortSignal,
): Promise<RetentionRun> {
  const worker = new Worker(new URL(`./retention-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: setting,
  })
  const stop = () => worker.postMessage('stop')
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    const answer = await new Promise<RetentionAnswer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () =>
        reject(new AppError('internal', 'the thread of the retention ended too early')),
      )
    })
    if (answer.type === 'done') return answer.run
    throw new AppError(answer.code, answer.reason)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
