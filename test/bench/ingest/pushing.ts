import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PushLoadOptions, PushLoadResult } from './push-load.ts'

const file = fileURLToPath(new URL('./push-load.ts', import.meta.url))

export interface PushLoad {
  /** What it did until it had sent all that it was to send, or now. */
  readonly ended: Promise<PushLoadResult>
  stop(): Promise<PushLoadResult>
}

/** Begins to push to a server. */
export function startPushLoad(url: string, options: PushLoadOptions): PushLoad {
  const child = fork(file, [url])
  const ended = Promise.race([
    once(child, 'message').then(([result]) => result as PushLoadResult),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the process that pushes ended with ${code}`)
    }),
  ])
  child.send(options)
  return {
    ended,
    stop() {
      child.send('stop')
      return ended
    },
  }
}
