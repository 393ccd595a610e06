/**
 * A process of its own that asks a server over many connections as often as it answers, from an address of its own on loopback, until
 * it is told to stop: `fork('flood.ts', [URL, REPORT_ID, CONNECTIONS])`.
 */
import { Agent, request } from 'node:http'

/** How often it was answered with which status. */
export type FloodAnswers = Readonly<Record<string, number>>

const [url, reportId, connections] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, localAddress: '127.0.0.2', maxSockets: Number(connections) })
const input = encodeURIComponent(JSON.stringify({ reportId, limit: 50 }))
const target = new URL(`/trpc/report.rows?input=${input}`, url)
const answers: Record<string, number> = {}
let isStopped = false

function ask(): Promise<void> {
  return new Promise((resolve) => {
    const sent = request(target, { agent }, (response) => {
      answers[response.statusCode!] = (answers[response.statusCode!] ?? 0) + 1
      response.resume().on('end', resolve).on('error', resolve)
    })
    sent.on('error', () => {
      answers['none'] = (answers['none'] ?? 0) + 1
      setImmediate(resolve)
    })
    sent.end()
  })
}

async function askOn(): Promise<void> {
  while (!isStopped) await ask()
}

process.on('disconnect', () => process.exit())
const asking = Array.from({ length: Number(connections) }, askOn)
process.on('message', () => {
  isStopped = true
  void Promise.all(asking).then(() => process.send!(answers, () => process.disconnect!()))
})
