/**
 * A process of its own that sends requests at a steady rate, whether or not those before were answered, until it is
 * told to stop: `fork('load.ts', [URL, REPORT_ID, REQUESTS_PER_SECOND])`. A request's time starts when it is sent.
 */
import { createHttpClient } from './http.ts'

/** The milliseconds that each request took, by what was asked for. */
export type Latencies = Readonly<Record<string, readonly number[]>>

const [url, reportId, perSecond] = process.argv.slice(2)
const input = (value: object) => encodeURIComponent(JSON.stringify(value))
const requests = {
  health: '/health',
  'report state': `/get_report/${reportId}`,
  'store list': `/trpc/store.list?input=${input({ limit: 50 })}`,
  'report rows': `/trpc/report.rows?input=${input({ reportId, limit: 50 })}`,
}
const names = Object.keys(requests) as (keyof typeof requests)[]
const client = createHttpClient(url!)
const latencies: Record<keyof typeof requests, number[]> = {
  health: [],
  'report state': [],
  'store list': [],
  'report rows': [],
}
const underWay = new Set<Promise<void>>()
const start = performance.now()
let sent = 0

async function send(name: keyof typeof requests): Promise<void> {
  const { status, body, ms } = await client.send('GET', requests[name])
  if (status !== 200) throw new Error(`${requests[name]}: ${status} ${body.toString()}`)
  latencies[name].push(ms)
}

function sendDue(): void {
  const due = ((performance.now() - start) / 1000) * Number(perSecond)
  for (; sent < due; sent++) {
    const request = send(names[sent % names.length]!).finally(() => underWay.delete(request))
    underWay.add(request)
  }
}

process.on('disconnect', () => process.exit())
const timer = setInterval(sendDue, 1000 / Number(perSecond))
process.on('message', () => {
  clearInterval(timer)
  void Promise.all(underWay).then(() => process.send!(latencies, () => process.disconnect!()))
})
