/**
 * A process of its own that looks for incidents, as the thread of the ledger does, and prints what that took: `looked.js DATABASE RUNS`. It
 * writes to the database.
 */
import type { StoreId } from '../../shared/ids.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import { readAlertRules } from '../../server/database/alert-rules.ts'
import { connect } from '../../server/database/connect.ts'
import { createSchedules } from '../../server/database/judged-schedules.ts'
import { readPartFacts } from '../../server/database/store-facts.ts'
import { storeCount } from '../../server/database/store-ids.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { lookAheadMs, lookBackMs } from '../../server/incidents/reach-of-rules.ts'
import { incidentJudging } from '../../server/insight/incidents.ts'
import { historiesAtOnce } from '../../server/insight/judged-incidents.ts'
import { partsAfter } from '../../server/insight/outages.ts'
import { createIncidentWatch } from '../../server/ledger/incident-watch.ts'
import { pollWeekOf, pollWord, POLL_WEEK_MS, type PollWeek } from '../../server/uptime/poll-week.ts'
import { peakBytesOf } from './peak-memory.ts'

export interface Took {
  readonly ms: number
  readonly cpuMs: number
}

export interface Looked {
  /** The first time, with what is recorded then. */
  readonly first: Took & { readonly events: number }
  /** All stores again, and the same polls read and added up. */
  readonly all: readonly Took[]
  readonly reading: readonly Took[]
  readonly touched: readonly Took[]
  readonly touchedStores: number
  readonly unchanged: readonly Took[]
  /** How much more memory there was at most than before, while all were looked at for the first two times. */
  readonly furtherBytes: number | undefined
}

const MOST_TOUCHED = 10_000
const MINUTE_MS = 60_000

const [databaseUrl, runsText] = process.argv.slice(2)
const runs = Number(runsText)
const reading = await connect(databaseUrl!, { readOnly: true, keepsLittle: true })
const writing = await connect(databaseUrl!)
const { rules } = await readAlertRules(reading)
let { dataTimeMs } = await incidentJudging(reading, rules)
const stores = await storeCount(reading)
const keys = await reading.selectFrom('store').select('store_key').orderBy('store_key').execute()
const touchedStores = Math.min(MOST_TOUCHED, stores)
const touchedKeys = Array.from(
  { length: touchedStores },
  (_, i) => keys[Math.floor((i * stores) / touchedStores)]!.store_key,
)
const watch = createIncidentWatch({
  reading,
  writing,
  setting: { channels: [], routes: [] },
  now: () => dataTimeMs + MINUTE_MS,
  mostTouched: 1,
})

async function took(act: () => Promise<unknown>): Promise<Took> {
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  await act()
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpuBefore)
  return { ms, cpuMs: (user + system) / 1000 }
}

async function push(atMs: number, storeKeys: readonly number[]): Promise<void> {
  const week = pollWeekOf(atMs)
  const added = storeKeys.map((storeKey, i) => ({
    week,
    storeKey,
    words: Uint32Array.of(pollWord(atMs, i % 20 > 0)),
  }))
  await writeAlone(writing, 'data', (tx) => addPolls(tx, added))
}

/** One poll later than all others, by as much as it takes for all stores to be looked at. */
async function timePasses(): Promise<void> {
  const gridMs = 5 * MINUTE_MS
  dataTimeMs = (Math.floor(dataTimeMs / gridMs) + 1) * gridMs + MINUTE_MS
  await push(
    dataTimeMs,
    keys.slice(0, 1).map(({ store_key }) => store_key),
  )
}

/** The same polls as a look at all stores, which are added up. */
async function readAll(): Promise<void> {
  const fromMs = pollWeekOf(dataTimeMs - lookBackMs(rules)) * POLL_WEEK_MS
  const time = { startMs: fromMs, endMs: dataTimeMs + lookAheadMs(rules) }
  const schedules = createSchedules()
  let sum = 0
  for await (const part of partsAfter(reading, '' as StoreId, {
    storesAtOnce: historiesAtOnce(time),
    labels: [],
  })) {
    const facts = await readPartFacts(reading, part, { time, schedules, corrections: 'applied' })
    for (let place = 0; place < facts.stores.length; place++) sum += sumOf(facts.pollsAt(place))
  }
  if (Number.isNaN(sum)) throw new Error('the sums were never used')
}

function sumOf(weeks: readonly PollWeek[]): number {
  let sum = 0
  for (const { words, from, to } of weeks) for (let i = from; i < to; i++) sum += words[i]! >>> 1
  return sum
}

const before = process.memoryUsage.rss()
let events = 0
const first = await took(async () => {
  events = (await watch.look())!
})
const all: Took[] = []
const plain: Took[] = []
const touched: Took[] = []
const unchanged: Took[] = []
let peakBytes: number | undefined
for (let run = 1; run <= runs; run++) {
  await timePasses()
  all.push(await took(() => watch.look()))
  // What is read to compare with is no part of it.
  if (run === 1) peakBytes = peakBytesOf(process.pid)
  plain.push(await took(readAll))
  await push(dataTimeMs - run, touchedKeys)
  touched.push(await took(() => watch.look()))
  unchanged.push(await took(() => watch.look()))
}
await watch.release()
await reading.destroy()
await writing.destroy()
const looked: Looked = {
  first: { ...first, events },
  all,
  reading: plain,
  touched,
  touchedStores,
  unchanged,
  furtherBytes: peakBytes && peakBytes - before,
}
process.stdout.write(JSON.stringify(looked))
