import { extname } from 'node:path'
import { AppError, type AppErrorCode } from '../../../shared/app-error.ts'
import type { MapJob } from './map-file.ts'

export type MappingMessage =
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly code: AppErrorCode; readonly reason: string }

/** How much a thread may keep: what a large answer is made of, and no more. */
const MOST_MEGABYTES = 2048

/** As `mapFile`, off the main thread; ended where it is told to. */
export async function mapInThread(job: MapJob, signal: AbortSignal): Promise<void> {
  const { Worker } = await import('node:worker_threads')
  const worker = new Worker(new URL(`./mapping-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
  })
  const end = () => void worker.terminate()
  signal.addEventListener('abort', end)
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: MappingMessage) => {
        if (message.type === 'done') resolve()
        else reject(new AppError(message.code, message.reason))
      })
      worker.on('error', reject)
      worker.on('exit', () => reject(new AppError('unavailable', 'stopped while the answer was read')))
      if (signal.aborted) end()
    })
  } finally {
    signal.removeEventListener('abort', end)
    await worker.terminate()
  }
}
