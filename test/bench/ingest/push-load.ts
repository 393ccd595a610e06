/**
 * A process of its own that pushes polls to a server, over some connections at once, each as soon as the one before was
 * answered: `fork('push-load.ts', [URL, OPTIONS])`. It tells when it has sent `pushes`, or was told to stop.
 */
import { connectToPush } from './push-connection.ts'
import { createPollStream, type Format } from './scene.ts'

export interface PushLoadOptions {
  readonly storeIds: readonly string[]
  readonly connections: number
  /** In each push. */
  readonly polls: number
  readonly format: Format
  readonly fromHour: number
  readonly pushes?: number
}

export interface PushLoadResult {
  readonly ms: number
  readonly pushes: number
  /** How long each of the pushes took. */
  readonly latencies: readonly number[]
}

const mediaTypes = { json: 'application/json', csv: 'text/csv' } as const satisfies Record<Format, string>

process.on('message', (message: PushLoadOptions | 'stop') => {
  if (message === 'stop') isStopped = true
  else void pushAll(process.argv[2]!, message)
})
let isStopped = false

async function pushAll(url: string, options: PushLoadOptions): Promise<void> {
  const { storeIds, connections, polls, format, fromHour, pushes = Infinity } = options
  const stream = createPollStream(storeIds, fromHour, connections)
  const latencies: number[] = []
  let sent = 0
  const start = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      using connection = await connectToPush(url, mediaTypes[format])
      // On a busy machine it may be told to stop before it has begun.
      while ((!isStopped || sent < connections) && sent < pushes) {
        sent++
        const body = stream.next(polls, format)
        const sentAt = performance.now()
        await connection.push(body)
        latencies.push(performance.now() - sentAt)
      }
    }),
  )
  const result: PushLoadResult = { ms: performance.now() - start, pushes: latencies.length, latencies }
  process.send!(result, () => process.disconnect!())
}
