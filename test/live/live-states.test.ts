import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect, type Db } from '../../server/database/connect.ts'
import { createSchedules } from '../../server/database/judged-schedules.ts'
import { latestPollAt } from '../../server/database/poll-week-summary.ts'
import { readFactsOfStores } from '../../server/database/store-facts.ts'
import { createLiveStates, type LiveStates } from '../../server/live/live-states.ts'
import { createOpenHours } from '../../server/reports/open-hours.ts'
import { stateAtEnd } from '../../server/uptime/state.ts'
import { createJudge, relevantTime } from '../../server/uptime/store-uptime.ts'
import { AppError } from '../../shared/app-error.ts'
import { longestWindowMs } from '../../shared/report-columns.ts'
import { downStoresInput, type DownStores } from '../../shared/store-now.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { applyChange, someChange } from '../support/random-changes.ts'
import { runsOnDatabase, testDatabase } from '../support/test-database.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** By what reports are made with. */
async function statesOf(db: Db, reachMs: number): Promise<Omit<DownStores, 'nextCursor'>> {
  const asOfMs = (await latestPollAt(db))!
  const viewpoint = { asOfMs, reachMs, interpolation: 'nearest' } as const
  const time = relevantTime(viewpoint, longestWindowMs)
  const rows = await db.selectFrom('store').select('store_id').orderBy('store_id').execute()
  const schedules = createSchedules()
  const storeIds = rows.map(({ store_id }) => store_id)
  const facts = await readFactsOfStores(db, storeIds, { time, schedules, corrections: 'applied' })
  const hours = createOpenHours(time)
  const judge = createJudge(viewpoint, [])
  const counts = { up: 0, down: 0, unknown: 0, excused: 0, closed: 0 }
  const items: DownStores['items'] = []
  for (const [place, store] of facts.stores.entries()) {
    const open = hours.of(store, schedules.of(store))
    const weeks = facts.pollsAt(place)
    const corrections = facts.correctionsAt(place)
    judge(open, weeks, corrections)
    const found = judge.found(open, corrections)
    const { status, outage, lastPollMs } = stateAtEnd(
      { open, weeks, viewpoint, corrections },
      found,
      longestWindowMs,
    )
    counts[status]++
    if (outage === undefined) continue
    const zones = schedules.of(store).zones
    items.push({
      storeId: store.storeId,
      name: null,
      timezone:
        (zones.findLast(({ validFromMs }) => validFromMs < asOfMs) ?? zones[0])?.rule ?? 'America/Chicago',
      since: formatTimestamp(outage.startMs),
      sinceIsCut: outage.isCut,
      downForMs: outage.downtimeMs,
      lastPoll: formatTimestamp(lastPollMs!),
    })
  }
  return { asOf: formatTimestamp(asOfMs), counts, items }
}

type Told = Omit<DownStores, 'nextCursor'> | 'there are no polls'

async function reported(db: Db, reachMs: number): Promise<Told> {
  return (await latestPollAt(db)) === undefined ? 'there are no polls' : statesOf(db, reachMs)
}

async function told(live: LiveStates): Promise<Told> {
  try {
    const { items, nextCursor: _, ...rest } = await live.down(downStoresInput.parse({}))
    return { ...rest, items: items.toSorted((a, b) => (a.storeId < b.storeId ? -1 : 1)) }
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return 'there are no polls'
    throw error
  }
}

async function expectAsReported(db: Db, live: LiveStates, reachMs: number): Promise<void> {
  expect(await told(live)).toEqual(await reported(db, reachMs))
}

test('what stores are is what a report says, whatever changed of their polls, rules and corrections', async () => {
  const scenario = fc.record({
    steps: fc.array(fc.record({ does: someChange, looks: fc.boolean() }), {
      minLength: 1,
      maxLength: 40,
      size: 'max',
    }),
    reachMs: fc.constantFrom(DAY_MS, HOUR_MS, 6 * HOUR_MS, 7 * DAY_MS),
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ steps, reachMs }) => {
      await using database = await testDatabase()
      await using db = await connect(database.url)
      await using reading = await connect(database.url, { readOnly: true })
      const [attentive, lazy] = [
        createLiveStates(reading, { reachMs }),
        createLiveStates(reading, { reachMs }),
      ]
      for (const { does, looks } of steps) {
        await applyChange(db, does)
        await expectAsReported(db, attentive, reachMs)
        if (looks) await expectAsReported(db, lazy, reachMs)
      }
      await expectAsReported(db, lazy, reachMs)
      await expectAsReported(db, createLiveStates(reading, { reachMs }), reachMs)
    }),
    { numRuns: runsOnDatabase(60) },
  )
}, 120_000)
