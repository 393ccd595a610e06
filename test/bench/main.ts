/**
 * The benchmark. `npm run bench -- [--size small|week|country] [--database sqlite|both] [--only PART,…] [--json FILE]
 * [--keep FOLDER] [--made] [--seed N]` measures and prints a table; `npm run bench -- --compare BEFORE.json AFTER.json` compares two results.
 * docs/performance.md says what the figures mean.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { compareResults, formatComparison, readResults } from './compare.ts'
import { cacheFolder, cachedData, populationOf, sizes, type Size } from './data.ts'
import { createDuckDb } from './duckdb.ts'
import { benchEventLoop } from './event-loop-bench.ts'
import { benchExport } from './export-bench.ts'
import type { Figure, Results } from './figures.ts'
import { growthFigures } from './growth.ts'
import { benchHistory } from './history-bench.ts'
import { benchImport, ensureDatabase } from './import-bench.ts'
import { benchIncidents } from './incidents-bench.ts'
import { benchIngest } from './ingest/ingest-bench.ts'
import { benchJudging } from './judging-bench.ts'
import { describeMachine } from './machine.ts'
import { benchLimits } from './limits-bench.ts'
import { benchNodes } from './nodes/nodes-bench.ts'
import { layOutPackage } from './package.ts'
import { benchPage } from './page-bench.ts'
import { findRealData } from './population.ts'
import { benchPostgres } from './postgres-bench.ts'
import { benchReport } from './report-bench.ts'
import { benchStart } from './start-bench.ts'
import { formatResults } from './table.ts'
import { benchTail } from './tail-bench.ts'
import { benchView } from './view-bench.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: 'small' },
    database: { type: 'string', default: 'sqlite' },
    only: { type: 'string' },
    json: { type: 'string' },
    keep: { type: 'string' },
    seed: { type: 'string', default: '1' },
    made: { type: 'boolean', default: false },
    compare: { type: 'boolean', default: false },
  },
})

/** What makes the benchmark fail: figures that are not what they should be. */
const mustBeZero: readonly string[] = [
  'stores with other totals',
  'stores with other totals kept',
  'stores explained otherwise',
  'stores with other outages',
  'PostgreSQL: reports with other bytes',
]

type Runs = Pick<Bench, 'runs' | 'importRuns' | 'reportsInARow' | 'warmUps' | 'startRuns'>
const runsOf: Record<Size, Runs> = {
  small: { runs: 3, importRuns: 3, reportsInARow: 3, warmUps: 10, startRuns: 3 },
  week: { runs: 9, importRuns: 5, reportsInARow: 5, warmUps: 20, startRuns: 15 },
  country: { runs: 3, importRuns: 1, reportsInARow: 1, warmUps: 1, startRuns: 0 },
}

/** How many weeks of polls are made for the part that needs many: as many as a size can afford. */
const weeksOf: Record<Size, number> = { small: 12, week: 52, country: 0 }

const parts = {
  import: benchImport,
  judging: benchJudging,
  report: benchReport,
  view: benchView,
  export: benchExport,
  page: benchPage,
  history: (bench: Bench) =>
    benchHistory(bench, {
      population: populationOf({ ...dataOptions, stores: sizes[size] }),
      weeks: weeksOf[size],
    }),
  ingest: (bench: Bench) => benchIngest(bench, populationOf({ ...dataOptions, stores: sizes[size] })),
  tail: benchTail,
  'event-loop': async (bench: Bench) =>
    benchEventLoop(bench, await cachedData(size, { ...dataOptions, earlier: true })),
  incidents: benchIncidents,
  limits: benchLimits,
  start: benchStart,
  postgres: benchPostgres,
  nodes: benchNodes,
} satisfies Record<string, (bench: Bench) => Promise<Figure[]>>
type Part = keyof typeof parts

const size = oneOf(sizes, flags.size, '--size')
const databases = oneOfNames(['sqlite', 'both'], flags.database, '--database')
const realData = flags.made ? undefined : findRealData(process.env)
const dataOptions = { seed: Number(flags.seed), realData }

process.exitCode = flags.compare ? await compare(positionals) : await run()

async function compare([before, after]: readonly string[]): Promise<number> {
  if (before === undefined || after === undefined)
    throw new Error('--compare needs two files: BEFORE.json AFTER.json')
  const results = [await readResults(before), await readResults(after)] as const
  process.stdout.write(formatComparison(...results))
  return compareResults(...results).some(({ regressed }) => regressed) ? 1 : 0
}

async function run(): Promise<number> {
  const machine = await describeMachine()
  say(
    realData === undefined
      ? 'no real hours and zones here: they are made up'
      : `hours and zones are from ${realData}`,
  )
  say(`making the data of ${size}`)
  const data = await cachedData(size, dataOptions)
  await using kept = new AsyncDisposableStack()
  const folder =
    flags.keep === undefined ? await mkdtemp(join(tmpdir(), 'store-monitor-bench-')) : resolve(flags.keep)
  await mkdir(folder, { recursive: true })
  if (flags.keep === undefined) kept.defer(() => rm(folder, { recursive: true, force: true }))

  using duckDb =
    size === 'country'
      ? undefined
      : createDuckDb(data.folder, join(folder, 'duckdb-totals.csv'), Math.min(2, availableParallelism()))
  const programs = await layOutPackage(join(folder, 'package'))
  const bench: Bench = {
    data,
    programs,
    folder,
    databasePath: join(folder, 'store-monitor.db'),
    ...runsOf[size],
    duckDb,
  }
  const week: Bench | undefined =
    size === 'country'
      ? {
          ...bench,
          data: await cachedData('week', dataOptions),
          databasePath: join(folder, 'week.db'),
          ...runsOf.week,
        }
      : undefined
  if (!wantedParts().includes('import')) {
    await ensureDatabase(bench)
    if (week) await ensureDatabase(week)
  }
  const figures: Figure[] = []
  const weekFigures: Figure[] = []
  for (const part of wantedParts()) {
    if (week && (part === 'import' || part === 'report')) {
      say(`measuring ${part} of week, to compare with`)
      weekFigures.push(...(await parts[part](week)))
    }
    say(`measuring ${part}`)
    figures.push(...(await parts[part](bench)).map(size === 'small' ? withoutGoalOfSize : (figure) => figure))
  }
  figures.push(...growthFigures(weekFigures, figures))
  const results: Results = { at: new Date().toISOString(), size, machine, data, figures }
  process.stdout.write(formatResults(results))
  const json = `${JSON.stringify(results, null, 2)}\n`
  if (flags.json !== undefined) await writeFile(flags.json, json)
  if (flags.only === undefined) await writeFile(resultsPath(size), json)
  const wrong = figures.filter(({ name, ours }) => mustBeZero.includes(name) && (ours?.median ?? 0) > 0)
  return wrong.length > 0 ? 1 : 0
}

/** The parts that were asked for and that this size has, in their order. */
function wantedParts(): Part[] {
  const all = Object.keys(parts) as Part[]
  const wanted = flags.only?.split(',').map((name) => oneOfNames(all, name, '--only')) ?? all
  // How a server answers, and how the CLI starts, is not a matter of size.
  return all.filter((part) => {
    if (part === 'postgres' && databases !== 'both') return false
    // It takes minutes, and hardly any of them for what it measures: until servers that are gone are taken for gone.
    if (part === 'nodes' && flags.only === undefined) return false
    return wanted.includes(part) && !(size === 'country' && (part === 'event-loop' || part === 'start'))
  })
}

/** Most goals are for `week` and above: what is small takes as long, and as much room, as it takes to begin. */
function withoutGoalOfSize(figure: Figure): Figure {
  if (figure.unit === 'MiB' || figure.unit === 'stores') return figure
  return { ...figure, goal: undefined }
}

/** Where the latest results of a size are kept, for `--compare`. */
function resultsPath(size: Size): string {
  return join(cacheFolder, `${size}.json`)
}

function oneOf<Key extends string>(choices: Readonly<Record<Key, unknown>>, text: string, flag: string): Key {
  return oneOfNames(Object.keys(choices) as Key[], text, flag)
}

function oneOfNames<Name extends string>(names: readonly Name[], text: string, flag: string): Name {
  const name = names.find((name) => name === text)
  if (name !== undefined) return name
  throw new Error(`${flag} is "${text}", and can be ${names.join(', ')}`)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
