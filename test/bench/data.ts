import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { madePopulation, realPopulation, type Population } from './population.ts'
import { writePolls, type PollSummary } from './polls.ts'
import { createRandom } from './random.ts'

export const sizes = { small: 500, week: 14_092, country: 1_000_000 } as const satisfies Record<
  string,
  number
>
export type Size = keyof typeof sizes

/** To be counted up when the same arguments give other bytes, so that nobody measures with old files. */
const DATA_VERSION = 1
/** The latest poll, if there is one then. */
export const END_MS = Date.UTC(2023, 0, 25, 18, 13, 22, 479)
const WEEK_MS = 604_800_000

export interface DataSummary extends PollSummary {
  readonly stores: number
  readonly seed: number
  readonly source: Population['source']
}

export interface Data extends DataSummary {
  readonly folder: string
  readonly pollsPath: string
}

export interface DataOptions {
  readonly stores: number
  readonly seed: number
  /** A folder with the real stores' hours and zones; undefined makes all up. */
  readonly realData?: string | undefined
  /** Other polls of the same stores, of the week before. */
  readonly earlier?: boolean
}

export const cacheFolder = join(tmpdir(), 'store-monitor-bench')
export const pollsName = 'store_status.csv'

/** The data of a size, made when it is asked for the first time. */
export async function cachedData(size: Size, options: Omit<DataOptions, 'stores'>): Promise<Data> {
  const { seed, realData, earlier = false } = options
  const name = [size, `seed${seed}`, realData === undefined ? 'made' : 'real', `v${DATA_VERSION}`]
  const folder = join(cacheFolder, [...name, ...(earlier ? ['earlier'] : [])].join('-'))
  const known = await readFile(join(folder, 'data.json'), 'utf8').catch(() => undefined)
  if (known === undefined) {
    const unfinished = `${folder}.${process.pid}`
    await writeData(unfinished, { ...options, stores: sizes[size] })
    await rm(folder, { recursive: true, force: true })
    await rename(unfinished, folder)
  }
  const summary = JSON.parse(await readFile(join(folder, 'data.json'), 'utf8')) as DataSummary
  return { ...summary, folder, pollsPath: join(folder, pollsName) }
}

/** Writes the three files and `data.json`. The same options give the same bytes. */
export async function writeData(folder: string, options: DataOptions): Promise<DataSummary> {
  const { stores, seed, earlier = false } = options
  const population = populationOf(options)
  await mkdir(folder, { recursive: true })
  await writeLines(join(folder, 'timezones.csv'), timezoneLines(population))
  await writeLines(join(folder, 'business_hours.csv'), businessHoursLines(population, seed))
  const polls = await writePolls(join(folder, pollsName), population, {
    seed: earlier ? seed + 1000 : seed,
    endMs: earlier ? END_MS - WEEK_MS : END_MS,
  })
  const summary = { stores, seed, source: population.source, ...polls }
  await writeFile(join(folder, 'data.json'), JSON.stringify(summary))
  return summary
}

export function populationOf({ stores, seed, realData }: DataOptions): Population {
  return realData === undefined ? madePopulation(stores, seed) : realPopulation(realData, stores, seed)
}

function* timezoneLines({ ids, zones, zoneOf }: Population): Generator<string> {
  yield 'store_id,timezone_str'
  for (const [store, id] of ids.entries()) if (zoneOf[store]! >= 0) yield `${id},${zones[zoneOf[store]!]}`
}

/** A store's rows follow each other and start anywhere in its week. */
function* businessHoursLines({ ids, rules, ruleOf }: Population, seed: number): Generator<string> {
  const random = createRandom(seed + 1)
  yield 'store_id,day,start_time_local,end_time_local'
  for (const [store, id] of ids.entries()) {
    const rows = rules[ruleOf[store]!] ?? []
    const first = Math.floor(random() * rows.length)
    for (let i = 0; i < rows.length; i++) {
      const { day, start, end } = rows[(first + i) % rows.length]!
      yield `${id},${day},${start},${end}`
    }
  }
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = await open(path, 'w')
  let text = ''
  for (const line of lines) {
    text += `${line}\n`
    if (text.length < 1 << 20) continue
    await file.writeFile(text)
    text = ''
  }
  await file.writeFile(text)
  await file.close()
}
