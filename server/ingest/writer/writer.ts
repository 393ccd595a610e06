import { createImporter, type Importer } from '../importing/importer.ts'
import { createPusher, type PushTarget } from '../pushing/pusher.ts'
import type { PushLimits } from '../../limits/setting.ts'
import { createWriterThread, type WriterSetting } from './writer-thread.ts'

/** Writes polls, and what files say, off the main thread: all in one thread, which stays. Disposing stops its imports. */
export interface Writer extends Importer, PushTarget, AsyncDisposable {
  /** Begins to fold what is due of the tail. */
  tidy(): Promise<void>
  /** What waits to be written. */
  load(): WriterLoad
}

export interface WriterLoad {
  readonly imports: number
  readonly pushes: number
  readonly pushedBytes: number
  /** How long the push waits that waits for longest. */
  readonly oldestPushMs: number
}

/** How long the thread has to end by itself: it writes what waits. */
const END_WITHIN_MS = 5000

export function createWriter(setting: WriterSetting & { readonly limits?: Partial<PushLimits> }): Writer {
  const thread = createWriterThread(setting)
  const importer = createImporter(thread)
  const pusher = createPusher(thread, setting.limits?.pushesWaitingBytes)
  return {
    importPaths: (paths, options) => importer.importPaths(paths, options),
    stop: () => importer.stop(),
    push: (push) => pusher.push(push),
    load() {
      const { pushes, bytes, oldestMs } = pusher.waiting()
      return { imports: importer.waiting(), pushes, pushedBytes: bytes, oldestPushMs: oldestMs }
    },
    tidy: () => thread.ask({ type: 'tidy' }),
    async [Symbol.asyncDispose]() {
      pusher.close()
      await importer.end()
      await thread.end(END_WITHIN_MS)
    },
  }
}
