import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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
const UNLIMITED_SECONDS = 5
const WARM_UP_SECONDS = 2
/** How often it is looked at what the server has. */
const LOOKS = 12
const MIB = 2 ** 20
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Longer than a connection is kept that nobody asks on. */
const KEPT_ALIVE_MS = 7000

/**
 * How a server answers others while one caller asks it as often as it can, and whether it holds more at the end than after a while:
 * pages, pushes, uploads and reports. `SOAK_SECONDS=600` does so for ten minutes. Likewise where that caller meets no limit.
 */
export async function benchLimits(bench: Bench): Promise<Figure[]> {
  const soakSeconds = Number(process.env['SOAK_SECONDS'] ?? 15)
  return [...(await limitedFigures(bench, soakSeconds)), ...(await unlimitedFigures(bench))]
}

async function limitedFigures(bench: Bench, seconds: number): Promise<Figure[]> {
  await using scene = await floodedServer(bench, { STORE_MONITOR_LIMIT_REQUESTS_BY_ADDRESS: String(LIMIT) })
  const { server, temporary } = scene
  const descriptors = descriptorsOf(server.pid)
  const [held, told] = await Promise.all([residentOf(server, seconds), flooded(scene, seconds)])
  await delay(KEPT_ALIVE_MS)
  // Before, it is still getting warm.
  const [early, late] = [held[Math.floor(held.length / 2)]!, held.at(-1)!]
  return [
    ...figuresOf('a flood', told),
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

async function unlimitedFigures(bench: Bench): Promise<Figure[]> {
  await using scene = await floodedServer(bench, {})
  return figuresOf('a flood below all limits', await flooded(scene, UNLIMITED_SECONDS))
}

interface Scene extends AsyncDisposable {
  readonly server: BenchServer
  readonly client: HttpClient
  readonly reportId: string
  /** Where the server's temporary files are. */
  readonly temporary: string
}

async function floodedServer(
  { programs, databasePath, folder }: Bench,
  limits: Readonly<Record<string, string>>,
): Promise<Scene> {
  const path = join(folder, 'flooded.db')
  const temporary = join(folder, 'flooded-temporary')
  mkdirSync(temporary, { recursive: true })
  removeDatabase(path)
  copyFileSync(databasePath, path)
  await using parts = new AsyncDisposableStack()
  const server = parts.use(await startBenchServer(programs, path, { TMPDIR: temporary, ...limits }))
  const client = parts.use(createHttpClient(server.url))
  const reportId = await requestReport(client)
  const owned = parts.move()
  return { server, client, reportId, temporary, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

interface Flooded {
  readonly seconds: number
  readonly answers: FloodAnswers
  /** The milliseconds that each took. */
  readonly requests: readonly number[]
  readonly pushes: readonly number[]
  readonly writes: readonly number[]
}

/** Once threads have started, and code is compiled. */
async function flooded(scene: Scene, seconds: number): Promise<Flooded> {
  await floodedAtOnce(scene, WARM_UP_SECONDS)
  return floodedAtOnce(scene, seconds)
}

async function floodedAtOnce(
  { server, client, reportId, temporary }: Scene,
  seconds: number,
): Promise<Flooded> {
  const flood = fork(file('./flood.ts'), [server.url, reportId, String(FLOOD_CONNECTIONS)])
  const load = fork(file('./load.ts'), [server.url, reportId, String(REQUESTS_PER_SECOND)])
  const [pushes, writes] = await Promise.all([
    workFor(client, seconds),
    writeFor(dirname(temporary), seconds),
  ])
  const [[latencies], [answers]] = await Promise.all([stopped<Latencies>(load), stopped<FloodAnswers>(flood)])
  return { seconds, answers, requests: Object.values(latencies).flat(), pushes, writes }
}

function figuresOf(flood: string, { seconds, answers, requests, pushes, writes }: Flooded): Figure[] {
  const p99 = (figure: string, latencies: readonly number[], note: string): Figure => ({
    name: `${figure} beside ${flood}, p99`,
    unit: 'ms',
    ours: spreadOf([percentile(latencies, 0.99)]),
    goal: { of: 'figure', most: 50 },
    note,
  })
  const ofWrites = [0.5, 0.99].map((part) => percentile(writes, part).toFixed(1))
  return [
    p99('requests', requests, `answers to the flood in ${seconds} s: ${JSON.stringify(answers)}`),
    p99('pushes', pushes, `the disk took ${ofWrites.join(' ms, p99 ')} ms for 16 KiB meanwhile`),
  ]
}

/** Puts as much as a push to the disk as often as polls are pushed, which have to wait for that; the milliseconds that each took. */
async function writeFor(folder: string, seconds: number): Promise<number[]> {
  const end = performance.now() + seconds * 1000
  const writes: number[] = []
  const path = join(folder, 'written')
  const file = await open(path, 'w')
  while (performance.now() < end) {
    const start = performance.now()
    await file.write(Buffer.alloc(16 * 1024))
    await file.sync()
    writes.push(performance.now() - start)
    await delay(1000 / PUSHES_PER_SECOND)
  }
  await file.close()
  rmSync(path)
  return writes
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
