import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { MIB } from '../bench.ts'
import { scaled, spreadOf, type Figure } from '../figures.ts'
import { createHttpClient } from '../http.ts'
import { removeDatabase } from '../import-bench.ts'
import { startBenchServer } from '../server.ts'
import { pollText } from './files.ts'
import type { IngestScene } from './ingest-scene.ts'

const clientFile = fileURLToPath(new URL('./client-load.ts', import.meta.url))

export interface ClientLoadOptions {
  readonly storeIds: readonly string[]
  readonly fromHour: number
  readonly polls: number
}

/**
 * Whether a long push takes more memory than one a quarter of it, after which chunks of the tail have been folded, too: by one request, and by
 * the client in batches.
 */
export async function memoryFigures(scene: IngestScene): Promise<Figure[]> {
  const { longPush } = scene.amounts
  if (longPush === 0) return []
  const ways = { 'by one request': byOneRequest, 'by client.polls.push': byClient }
  const figures: Figure[] = []
  for (const [way, push] of Object.entries(ways)) {
    const short = await peakOf(scene, longPush / 4, push)
    const long = await peakOf(scene, longPush, push)
    const name = `peak memory of a server, ${longPush.toLocaleString('en-US')} polls ${way}`
    if (short === undefined || long === undefined) {
      figures.push({ name, unit: 'MiB', note: 'not known on this system' })
      continue
    }
    figures.push({
      name,
      unit: 'MiB',
      ours: scaled(spreadOf([long]), 1 / MIB),
      baseline: { name: 'of a quarter', value: scaled(spreadOf([short]), 1 / MIB) },
      goal: { of: 'ratio', most: 1.25 },
    })
  }
  return figures
}

type PushLong = (url: string, scene: IngestScene, polls: number) => Promise<void>

async function peakOf(scene: IngestScene, polls: number, push: PushLong): Promise<number | undefined> {
  const path = scene.copy('memory')
  let peak: number | undefined
  {
    await using server = await startBenchServer(scene.bench.programs, path)
    await push(server.url, scene, polls)
    peak = (await server.tell()).peakBytes
  }
  removeDatabase(path)
  return peak
}

async function byOneRequest(url: string, { ids, fromHour }: IngestScene, polls: number): Promise<void> {
  using client = createHttpClient(url)
  const body = Readable.from(pollText(ids, fromHour, polls))
  const { status, body: answer } = await client.send('POST', '/polls', body, { 'content-type': 'text/csv' })
  const { changed } = JSON.parse(answer.toString()) as { changed: number }
  if (status !== 200 || changed !== polls) throw new Error(`a long push was answered: ${answer.toString()}`)
}

async function byClient(url: string, { ids, fromHour }: IngestScene, polls: number): Promise<void> {
  const child = fork(clientFile, [url])
  child.send({ storeIds: ids, fromHour, polls } satisfies ClientLoadOptions)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the client that pushes ended with ${code}`)
}
