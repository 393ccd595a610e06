import { reportWindows, WEEK_MS } from '../../shared/report.ts'
import { defaultTimezone, type WeeklySpan } from '../../shared/store.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { latestPollAt } from '../../server/database/poll-week-summary.ts'
import { openIntervals, type WeeklyHours } from '../../server/uptime/business-hours.ts'
import type { Intervals } from '../../server/uptime/interval.ts'
import { wordsOfBytes, type PollWeek } from '../../server/uptime/poll-week.ts'
import { createJudge, pollWeeksOf, relevantTime, type Viewpoint } from '../../server/uptime/store-uptime.ts'
import { zoneOffsets } from '../../server/uptime/zone-offsets.ts'
import type { Bench } from './bench.ts'
import { measured, scaled, type Figure } from './figures.ts'

const DAY_MS = 86_400_000
/** As many as `week` has, so that the words of a larger size need not all be in memory. */
const MOST_STORES = 14_092
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
  ]
}

function pollCountOf(weeks: readonly PollWeek[]): number {
  return weeks.reduce((sum, { words }) => sum + words.length, 0)
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
  const time = relevantTime(viewpoint, WEEK_MS)
  const openOf = await createOpenHours(db, viewpoint)
  const stores = await db.selectFrom('store').selectAll().orderBy('store_id').limit(MOST_STORES).execute()
  const weeksOf = new Map(stores.map((store): [number, PollWeek[]] => [store.store_key, []]))
  for (const week of pollWeeksOf(time)) {
    const rows = db.selectFrom('poll_week').select(['store_key', 'polls']).where('week', '=', week)
    for await (const { store_key, polls } of rows.stream()) {
      weeksOf.get(store_key)?.push({ week, words: wordsOfBytes(polls) })
    }
  }
  return stores.map((store) => ({
    open: openOf(store.timezone, store.business_hours_key),
    weeks: weeksOf.get(store.store_key)!,
  }))
}

async function createOpenHours(
  db: Db,
  viewpoint: Viewpoint,
): Promise<(timezone: string | null, rule: number | null) => Intervals> {
  const time = relevantTime(viewpoint, WEEK_MS)
  const rules = await db.selectFrom('business_hours').selectAll().execute()
  const hoursOf = new Map(
    rules.map(({ business_hours_key, spans }) => [
      business_hours_key,
      (JSON.parse(spans) as WeeklySpan[]).map(weeklyHours),
    ]),
  )
  const known = new Map<string, Intervals>()
  return (timezone, rule) => {
    const zone = timezone ?? defaultTimezone
    const key = `${rule} ${zone}`
    let open = known.get(key)
    if (!open) {
      const offsets = zoneOffsets(zone, time.startMs - 3 * DAY_MS, time.endMs + 3 * DAY_MS)
      open = openIntervals(rule === null ? null : hoursOf.get(rule)!, offsets, time)
      known.set(key, open)
    }
    return open
  }
}

function weeklyHours({ day, start, end }: WeeklySpan): WeeklyHours {
  return { day, startMs: timeOfDayMs(start), endMs: timeOfDayMs(end) }
}

function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1000
}
