import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '../../../server/database/connect.ts'
import { addPolls } from '../../../server/database/add-polls.ts'
import { createLatestPolls } from '../../../server/database/tail/latest-polls.ts'
import { writeAlone } from '../../../server/database/write-alone.ts'
import { POLL_WEEK_MS, pollWord } from '../../../server/uptime/poll-week.ts'
import { sizes } from '../data.ts'
import { spreadOf, type Figure } from '../figures.ts'
import { createHttpClient, post } from '../http.ts'
import { removeDatabase } from '../import-bench.ts'
import { HOUR_MS } from '../poll-maker.ts'
import { startBenchServer, type BenchServer } from '../server.ts'
import { perSecond } from './batch-figures.ts'
import { writePollFile } from './files.ts'
import type { IngestScene } from './ingest-scene.ts'
import { startPushLoad } from './pushing.ts'
import { WEEK, type Format } from './scene.ts'

const BATCH = 1000
const CONNECTIONS = 64
/** Of each connection. */
const PUSHES_TO_WARM_UP = 20

/** What a server takes in over HTTP, in batches and poll by poll. */
export async function httpFigures(scene: IngestScene): Promise<Figure[]> {
  return [...(await cpuFigures(scene)), ...(await singleFigures(scene))]
}

async function cpuFigures(scene: IngestScene): Promise<Figure[]> {
  const { bench, ids, amounts, fromHour } = scene
  const path = scene.copy('http')
  await using server = await startBenchServer(bench.programs, path)
  const most = { json: 2000, csv: 1000 } as const satisfies Record<Format, number>
  const figures: Figure[] = []
  let hour = fromHour
  for (const format of ['json', 'csv'] as const) {
    const load = { storeIds: ids, connections: 4, polls: BATCH, format }
    const pushes = amounts.batches
    const hours = (pushes * BATCH) / ids.length
    await startPushLoad(server.url, { ...load, fromHour: hour, pushes: Math.ceil(pushes / 10) }).ended
    const before = await server.tell()
    await startPushLoad(server.url, { ...load, fromHour: hour + hours, pushes }).ended
    const after = await server.tell()
    hour += 2 * hours
    const ns = (cpuMs: number) => spreadOf([(cpuMs * 1e6) / (pushes * BATCH)])
    const answering = ns(after.answeringCpuMs - before.answeringCpuMs)
    figures.push(
      {
        name: `a poll pushed over HTTP as ${format}, CPU of the thread that answers`,
        unit: 'ns',
        ours: answering,
        goal: { of: 'figure', most: most[format] },
        note: `${perSecond(answering.median)} polls a CPU second`,
      },
      { name: `the same, CPU of all threads, ${format}`, unit: 'ns', ours: ns(after.cpuMs - before.cpuMs) },
    )
  }
  return figures
}

/** Polls that are pushed one by one, over many connections, while nothing else happens and while much does. */
async function singleFigures(scene: IngestScene): Promise<Figure[]> {
  const { bench, ids, amounts, fromHour } = scene
  const path = scene.copy('singles')
  const folding = scene.copy('folding')
  await fillTail(folding, ids.length, fromHour)
  const whilePushing = async (server: BenchServer, hour: number, work: () => Promise<unknown>) => {
    const load = startPushLoad(server.url, {
      storeIds: ids,
      connections: CONNECTIONS,
      polls: 1,
      format: 'json',
      fromHour: hour,
    })
    await work()
    const { ms, pushes, latencies } = await load.stop()
    // Until then the process that pushes compiles its own code.
    const counted = latencies.slice(Math.min(CONNECTIONS * PUSHES_TO_WARM_UP, latencies.length / 2))
    const sorted = counted.toSorted((a, b) => a - b)
    return { ms: ms / pushes, p99: sorted[Math.floor(sorted.length * 0.99)]!, most: sorted.at(-1)! }
  }
  const figures: Figure[] = []
  const add = (when: string, told: { ms: number; p99: number; most: number }, mostMs?: number) => {
    figures.push({
      name: `single pushes over 64 connections ${when}, p99`,
      unit: 'ms',
      ours: spreadOf([told.p99]),
      goal: mostMs === undefined ? undefined : { of: 'figure', most: mostMs },
      note: `${Math.round(1000 / told.ms)} a second; the longest ${told.most.toFixed(0)} ms`,
    })
  }
  {
    await using server = await startBenchServer(bench.programs, path)
    using client = createHttpClient(server.url)
    await whilePushing(server, fromHour, () => delay(amounts.singlesMs / 3)) // threads start, and compile
    const quiet = await whilePushing(server, fromHour + 0.1, () => delay(amounts.singlesMs))
    figures.push({
      name: 'a single push over 64 connections',
      unit: 'ms',
      ours: spreadOf([quiet.ms]),
      goal: { of: 'figure', most: 0.5 },
      note: `${Math.round(1000 / quiet.ms)} a second`,
    })
    add('quiet', quiet, 50)
    const files = await hourlyFiles(scene)
    const start = performance.now()
    const whileImported = await whilePushing(server, fromHour + 10, async () => {
      for (let i = 0; i < files.length || performance.now() - start < amounts.singlesMs; i++) {
        const file = files[i % files.length]!
        await post(client, '/imports?source=hour.csv', createReadStream(file))
      }
    })
    for (const file of files) await rm(file)
    add('while hourly files are imported', whileImported, 250)
    if (ids.length < sizes.country) {
      const whole = await whilePushing(server, fromHour + 20, async () => {
        await post(client, '/imports?source=week.csv', createReadStream(bench.data.pollsPath))
      })
      add("while a week's file is imported", whole)
    }
  }
  removeDatabase(path)
  await using server = await startBenchServer(bench.programs, folding)
  const folds = await whilePushing(server, fromHour + 30, () => delay(amounts.singlesMs))
  add('while the tail is folded', folds, 250)
  return figures
}

/** Files of the hours that follow, in an order of their own. */
async function hourlyFiles({ bench, ids, fromHour }: IngestScene): Promise<string[]> {
  const files: string[] = []
  for (let hour = 1; hour <= (ids.length >= sizes.country ? 2 : 12); hour++) {
    const path = join(bench.folder, `hour-${hour}.csv`)
    await writePollFile(path, ids, fromHour + hour)
    files.push(path)
  }
  return files
}

/** As many polls of each store in the tail as are folded. */
async function fillTail(path: string, stores: number, fromHour: number): Promise<void> {
  const db = await connect(path)
  const latest = createLatestPolls()
  for (let hour = 0; hour < 24; hour++) {
    const at = WEEK * POLL_WEEK_MS + (fromHour + hour) * HOUR_MS
    const added = Array.from({ length: stores }, (_, i) => ({
      week: WEEK,
      storeKey: i + 1,
      words: Uint32Array.of(pollWord(at + i, true)),
    }))
    await writeAlone(db, 'data', (tx) => addPolls(tx, added, latest))
  }
  await db.destroy()
}
