import type { StoreId } from '../../shared/ids.ts'
import { longestWindowMs, reportWindows } from '../../shared/report-columns.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { dialectOf, type PackedWords } from '../../server/database/dialect/dialect.ts'
import { isIntact } from '../../server/database/poll-checksum.ts'
import { readStoreRules } from '../../server/database/report-input.ts'
import { latestPollAt } from '../../server/database/poll-week-summary.ts'
import { createGenerator } from '../../server/reports/generate.ts'
import { createSchedules } from '../../server/database/judged-schedules.ts'
import { createOpenHours } from '../../server/reports/open-hours.ts'
import type { Intervals } from '../../server/uptime/interval.ts'
import type { PollWeek } from '../../server/uptime/poll-week.ts'
import { wordsOfBytes } from '../../server/uptime/words.ts'
import { createJudge, pollWeeksOf, relevantTime, type Viewpoint } from '../../server/uptime/store-uptime.ts'
import type { Bench } from './bench.ts'
import { measured, measuredInTurn, scaled, type Figure } from './figures.ts'

/** As many as `week` has, so that the words of a larger size need not all be in memory. */
const MOST_STORES = 14_092
const DAY_MS = 86_400_000
const windowLengthsMs = reportWindows.map(({ lengthMs }) => lengthMs)

interface StorePolls {
  readonly open: Intervals
  readonly weeks: readonly PollWeek[]
}

/** Judges stores whose polls are in memory, and adds the same words up in a plain loop: the machine's limit. */
export async function benchJudging({ databasePath, runs }: Bench): Promise<Figure[]> {
  const db = await connect(databasePath, { readOnly: true })
  const viewpoint: Viewpoint = {
    asOfMs: (await latestPollAt(db))!,
    reachMs: DAY_MS,
    interpolation: 'nearest',
  }
  const stores = await readStores(db, viewpoint)
  const checksums = await checksumFigure(db, viewpoint, runs)
  await db.destroy()
  const polls = stores.reduce((sum, { weeks }) => sum + pollCountOf(weeks), 0)

  const judge = createJudge(viewpoint, windowLengthsMs)
  let kept = 0
  const judgeAll = () => {
    for (const { open, weeks } of stores) kept += judge(open, weeks)[0]!.uptimeMs
  }
  const addUp = () => {
    for (const { weeks } of stores) kept += sumOf(weeks)
  }
  for (const warmUp of [judgeAll, addUp, judgeAll, addUp]) warmUp()
  const judged = await measured(runs * 3, judgeAll)
  const plain = await measured(runs * 3, addUp)
  if (Number.isNaN(kept)) throw new Error('the sums were never used')
  const nsPerPoll = 1e6 / polls
  return [
    {
      name: 'judging alone, per poll',
      unit: 'ns',
      ours: scaled(judged, nsPerPoll),
      baseline: { name: 'plain loop', value: scaled(plain, nsPerPoll) },
      goal: { of: 'ratio', most: 3 },
    },
    checksums,
  ]
}

/** Verifies the checksums of all polls, as they are read, beside all that a thread does for a report of the same stores. */
async function checksumFigure(db: Db, viewpoint: Viewpoint, runs: number): Promise<Figure> {
  const stores = (await readStoreRules(db, { firstStoreId: '' as StoreId, nextStoreId: null })).slice(
    0,
    MOST_STORES,
  )
  const part = { part: 0, firstStoreId: '' as StoreId, nextStoreId: `${stores.at(-1)!.storeId} ` as StoreId }
  const storeKeys = stores.map(({ storeKey }) => storeKey).toSorted((a, b) => a - b)
  const weeks = pollWeeksOf(relevantTime(viewpoint, longestWindowMs))
  const packed = await dialectOf(db).readPacked(db, 'poll_week', weeks, storeKeys)
  const verifyAll = () => packed.forEach((polls, i) => verify(polls, weeks[i]!))
  const generator = createGenerator(db)
  for (let warmUp = 0; warmUp < 3; warmUp++) {
    verifyAll()
    await generator.parts([part], { ...viewpoint, corrections: 'applied', labels: [] })
  }
  const compared = await measuredInTurn(runs, verifyAll, {
    name: 'a report on one thread',
    run: async () =>
      void (await generator.parts([part], { ...viewpoint, corrections: 'applied', labels: [] })),
  })
  return { name: 'checksums of polls', unit: 'ms', ...compared, goal: { of: 'ratio', most: 0.03 } }
}

function verify({ storeKeys, from, to, words }: PackedWords, week: number): void {
  storeKeys.forEach((storeKey, i) => {
    if (!isIntact(words, from[i]!, to[i]!, { week, storeKey })) throw new Error('polls are damaged')
  })
}

function pollCountOf(weeks: readonly PollWeek[]): number {
  return weeks.reduce((sum, { from, to }) => sum + to - from, 0)
}

/** The offsets and the active polls added up. */
function sumOf(weeks: readonly PollWeek[]): number {
  let sum = 0
  for (const { words } of weeks) {
    for (let i = 0; i < words.length; i++) sum += (words[i]! >>> 1) + (words[i]! & 1)
  }
  return sum
}

async function readStores(db: Db, viewpoint: Viewpoint): Promise<StorePolls[]> {
  const time = relevantTime(viewpoint, longestWindowMs)
  const allStores = { firstStoreId: '' as StoreId, nextStoreId: null }
  const stores = (await readStoreRules(db, allStores)).slice(0, MOST_STORES)
  const schedules = createSchedules()
  await schedules.load(db, stores)
  const openOf = createOpenHours(time)
  const weeksOf = new Map(stores.map((store): [number, PollWeek[]] => [store.storeKey, []]))
  for (const week of pollWeeksOf(time)) {
    const rows = db.selectFrom('poll_week').select(['store_key', 'polls']).where('week', '=', week)
    for await (const { store_key, polls } of rows.stream()) {
      const words = wordsOfBytes(polls).slice(0, -1) // without the checksum
      weeksOf.get(store_key)?.push({ week, words, from: 0, to: words.length })
    }
  }
  return stores.map((store) => ({
    open: openOf.of(store, schedules.of(store)),
    weeks: weeksOf.get(store.storeKey)!,
  }))
}
