import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import { percentile, spreadOf, type Figure } from './figures.ts'
import type { FloodAnswers } from './flood.ts'
import { createHttpClient, post, type HttpClient } from './http.ts'
import { removeDatabase } from './import-bench.ts'
import type { Latencies } from './load.ts'
import { requestReport } from './report-bench.ts'
import { startBenchServer, type BenchServer } from './server.ts'

const REQUESTS_PER_SECOND = 100
const PUSHES_PER_SECOND = 20
const FLOOD_CONNECTIONS = 64
/** What one address may send in a second: others are far below. */
const LIMIT = 200
/** How often it is looked at what the server has. */
const LOOKS = 12
const MIB = 2 ** 20
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Longer than a connection is kept that nobody asks on. */
const KEPT_ALIVE_MS = 7000

/**
 * How a server answers others while one caller asks it as often as it can, and whether it holds more at the end than after a while:
 * pages, pushes, uploads and reports. `SOAK_SECONDS=600` does so for ten minutes.
 */
export async function benchLimits({ programs, databasePath, folder }: Bench): Promise<Figure[]> {
  const seconds = Number(process.env['SOAK_SECONDS'] ?? 15)
  const path = join(folder, 'flooded.db')
  const temporary = join(folder, 'flooded-temporary')
  mkdirSync(temporary, { recursive: true })
  removeDatabase(path)
  copyFileSync(databasePath, path)
  const environment = { TMPDIR: temporary, STORE_MONITOR_LIMIT_REQUESTS_BY_ADDRESS: String(LIMIT) }
  await using server = await startBenchServer(programs, path, environment)
  using client = createHttpClient(server.url)
  const reportId = await requestReport(client)
  const descriptors = descriptorsOf(server.pid)
  const flood = fork(file('./flood.ts'), [server.url, reportId, String(FLOOD_CONNECTIONS)])
  const load = fork(file('./load.ts'), [server.url, reportId, String(REQUESTS_PER_SECOND)])
  const [held, pushes] = await Promise.all([residentOf(server, seconds), workFor(client, seconds)])
  const [[latencies], [floods]] = await Promise.all([stopped<Latencies>(load), stopped<FloodAnswers>(flood)])
  await delay(KEPT_ALIVE_MS)
  // Before, it is still getting warm.
  const [early, late] = [held[Math.floor(held.length / 2)]!, held.at(-1)!]
  return [
    {
      name: 'requests beside a flood, p99',
      unit: 'ms',
      ours: spreadOf([percentile(Object.values(latencies).flat(), 0.99)]),
      goal: { of: 'figure', most: 50 },
      note: `answers to the flood in ${seconds} s: ${JSON.stringify(floods)}`,
    },
    {
      name: 'pushes beside a flood, p99',
      unit: 'ms',
      ours: spreadOf([percentile(pushes, 0.99)]),
      goal: { of: 'figure', most: 50 },
    },
    {
      name: 'soak: memory that grew in its second half',
      unit: 'MiB',
      ours: spreadOf([Math.max(0, late - early) / MIB]),
      goal: { of: 'figure', most: 64 },
      note: `resident ${held.map((bytes) => Math.round(bytes / MIB)).join(', ')} MiB`,
    },
    {
      name: 'soak: descriptors that are left',
      unit: 'files',
      ours: spreadOf([Math.max(0, descriptorsOf(server.pid) - descriptors)]),
      goal: { of: 'figure', most: 16 },
    },
    {
      name: 'soak: temporary files that are left',
      unit: 'files',
      ours: spreadOf([readdirSync(temporary).length]),
      goal: { of: 'figure', most: 0 },
    },
  ]
}

/** What a server has in memory, from time to time. */
async function residentOf(server: BenchServer, seconds: number): Promise<number[]> {
  const resident: number[] = []
  for (let look = 0; look < LOOKS; look++) {
    await delay((seconds / LOOKS) * 1000)
    resident.push((await server.tell()).residentBytes)
  }
  return resident
}

/** 0 where the system does not tell. */
function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return 0
  }
}

/** Pushes, uploads and reports; the milliseconds that each push took. */
async function workFor(client: HttpClient, seconds: number): Promise<number[]> {
  const end = performance.now() + seconds * 1000
  const pushes: number[] = []
  async function push(): Promise<void> {
    for (let i = 0; performance.now() < end; i++) {
      const start = performance.now()
      await post(client, '/polls', Readable.from([pollsOf(i, 1)]))
      pushes.push(performance.now() - start)
      await delay(1000 / PUSHES_PER_SECOND)
    }
  }
  async function reportAndUpload(): Promise<void> {
    for (let i = 0; performance.now() < end; i++) {
      await requestReport(client)
      await post(client, '/imports?source=more.csv', Readable.from([pollsOf(i, 500)]))
      await delay(500)
    }
  }
  await Promise.all([push(), reportAndUpload()])
  return pushes
}

function pollsOf(number: number, count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const at = new Date(Date.UTC(2023, 0, 24) + number * 1000).toISOString()
    return `pushed-${i},active,${at}\n`
  })
  return `store_id,status,timestamp_utc\n${rows.join('')}`
}

async function stopped<Message>(child: ReturnType<typeof fork>): Promise<[Message]> {
  const told = once(child, 'message') as Promise<[Message]>
  child.send('stop')
  return told
}
