/** A server in a process of its own, which also tells how long its event loop was held up: `fork('served.js', [DATABASE])`. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { readConfig } from '../../server/config.ts'
import { startServer } from '../../server/serve.ts'
import { peakBytesOf } from './peak-memory.ts'
import { writtenBytesOf } from './written-bytes.ts'
import type { ServedAnswer, ServedQuestion } from './server.ts'

/** How often the event loop is looked at; it is part of what the histogram records. */
const RESOLUTION_MS = 1

const [databaseUrl] = process.argv.slice(2)
const server = await startServer(readConfig(process.env, { host: '127.0.0.1', port: '0', databaseUrl }), {
  version: '0.0.0-bench',
  now: Date.now,
  onError: (error) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
})
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

function answer(message: ServedAnswer): void {
  process.send!(message)
}

process.on('message', (question: ServedQuestion) => {
  switch (question) {
    case 'watch':
      delays.reset()
      delays.enable()
      answer({ type: 'watching' })
      break
    case 'tell': {
      delays.disable()
      const { user, system } = process.cpuUsage()
      const answering = process.threadCpuUsage()
      const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
      answer({
        type: 'told',
        peakBytes: peakBytesOf(process.pid),
        residentBytes: process.memoryUsage.rss(),
        cpuMs: (user + system) / 1000,
        answeringCpuMs: answering.user / 1000 + answering.system / 1000,
        writtenBytes: writtenBytesOf(process.pid),
        delayMs: { p50: ms(delays.percentile(50)), p99: ms(delays.percentile(99)), max: ms(delays.max) },
      })
      break
    }
  }
})
process.on('disconnect', () => void server[Symbol.asyncDispose]())
answer({ type: 'listening', url: server.url })
