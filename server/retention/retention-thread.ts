import { extname } from 'node:path'
import type { RetentionSetting } from './retention.ts'

export interface RetentionThreadSetting extends RetentionSetting {
  readonly databaseUrl: string
}

export function retainsAnything({ keepReports, keepRejectedRows, keepPolls }: RetentionSetting): boolean {
  return [keepReports, keepRejectedRows, keepPolls].some((kept) => kept !== undefined)
}

/** Deletes what is old, in a thread of its own; once it is told to stop, no further step is begun. */
export async function retainInThread(setting: RetentionThreadSetting, signal: AbortSignal): Promise<void> {
  const { keepReports, keepRejectedRows, keepPolls, databaseUrl } = setting
  const { Worker } = await import('node:worker_threads')
  const worker = new Worker(new URL(`./retention-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: { keepReports, keepRejectedRows, keepPolls, databaseUrl } satisfies RetentionThreadSetting,
  })
  const stop = () => worker.postMessage('stop')
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('exit', () => resolve())
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
