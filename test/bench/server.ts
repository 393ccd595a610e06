import { fork } from 'node:child_process'
import { once } from 'node:events'
import { compilingOnce } from './child.ts'
import type { Programs } from './package.ts'

/** To a served process: begin to watch the event loop; end that, and tell. */
export type ServedQuestion = 'watch' | 'tell'

export interface Told {
  readonly type: 'told'
  /** The most memory that the process had resident since it started, its threads included. */
  readonly peakBytes: number | undefined
  readonly residentBytes: number
  /** The time of processors that all its threads have had since it started. */
  readonly cpuMs: number
  /** Likewise of the thread that answers. */
  readonly answeringCpuMs: number
  /** See `writtenBytesOf`. */
  readonly writtenBytes: number | undefined
  /** By how much the event loop was late. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number }
}

export type ServedAnswer =
  { readonly type: 'listening'; readonly url: string } | { readonly type: 'watching' } | Told

export interface BenchServer extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  watch(): Promise<void>
  tell(): Promise<Told>
}

export async function startBenchServer(
  { served }: Programs,
  databasePath: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const child = fork(served, [databasePath], { env: { ...compilingOnce, ...environment } })
  const ended = once(child, 'exit')

  async function next<Type extends ServedAnswer['type']>(
    type: Type,
  ): Promise<Extract<ServedAnswer, { type: Type }>> {
    const [message] = (await Promise.race([
      once(child, 'message'),
      ended.then(([code]) => {
        throw new Error(`the server ended with ${code}`)
      }),
    ])) as [ServedAnswer]
    if (message.type !== type) throw new Error(`the server said ${message.type} instead of ${type}`)
    return message as Extract<ServedAnswer, { type: Type }>
  }

  const { url } = await next('listening')
  return {
    url,
    pid: child.pid!,
    async watch() {
      child.send('watch' satisfies ServedQuestion)
      await next('watching')
    },
    tell() {
      child.send('tell' satisfies ServedQuestion)
      return next('told')
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
