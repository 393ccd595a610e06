import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { incidentJudging, incidentsIn } from '../../server/insight/incidents.ts'
import type { IncidentJudging } from '../../server/insight/judged-incidents.ts'
import { createKeptHours, type HoursIn } from '../../server/insight/store-hours.ts'
import { alertRules } from '../../shared/alert-rules.ts'
import { workedCases } from '../support/cases.ts'
import { ms } from '../support/judged-store.ts'
import { runCli } from '../support/run-cli.ts'
import { runsOnDatabase, testDatabase } from '../support/test-database.ts'

const weeks = workedCases.find(({ name }) => name === '26-thirty-stores-over-weeks')!
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LATEST_MS = ms('2024-12-31T23:28Z')

const rules = alertRules.parse({
  reach: '6h',
  rules: [
    { condition: 'down', expire: '2d' },
    { condition: 'no-data', forget: '5d' },
    { condition: 'uptime', below: 80, days: 1, observed: 20 },
    { condition: 'budget', target: 99 },
    { condition: 'blind', stores: 5, seen: '3d', expire: '2d' },
  ],
})

test('what is found with hours that were kept is what is found with those of the time', async () => {
  await using database = await testDatabase()
  const imported = await runCli(['import', weeks.folder, '--quiet', '--database', database.url])
  expect(imported.exitCode).toBe(0)
  await using db = await connect(database.url)
  const judging = await incidentJudging(db, rules)

  async function found(dataTimeMs: number, startMs: number, hoursIn?: HoursIn): Promise<unknown> {
    const asOf: IncidentJudging = { ...judging, dataTimeMs }
    const { stores, ofMany } = incidentsIn(db, asOf, { startMs, endMs: Infinity }, hoursIn)
    const all = []
    for await (const some of stores()) all.push(...some)
    return { all, many: await ofMany(dataTimeMs + HOUR_MS) }
  }

  const looks = fc.array(
    fc.record({
      beforeLatestMs: fc.oneof(
        fc.integer({ min: 0, max: 2 * DAY_MS }),
        fc.integer({ min: 0, max: 40 * DAY_MS }),
      ),
      beforeMs: fc.constantFrom(0, HOUR_MS, 20 * DAY_MS),
    }),
    { minLength: 2, maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(looks, async (several) => {
      const kept = createKeptHours()
      for (const { beforeLatestMs, beforeMs } of several) {
        const dataTimeMs = LATEST_MS - beforeLatestMs
        const startMs = dataTimeMs - beforeMs
        expect(await found(dataTimeMs, startMs, kept)).toEqual(await found(dataTimeMs, startMs))
      }
    }),
    { numRuns: runsOnDatabase(6) },
  )
})

test('the hours of the two times that were asked for last are kept while a day lasts', () => {
  const hoursIn = createKeptHours()
  const noonMs = ms('2024-12-31T12:00Z')
  const first = hoursIn({ startMs: 0, endMs: noonMs })
  expect(hoursIn({ startMs: 0, endMs: noonMs + HOUR_MS })).toBe(first)
  const longer = hoursIn({ startMs: -DAY_MS, endMs: noonMs })
  expect(longer).not.toBe(first)
  expect(hoursIn({ startMs: 0, endMs: noonMs + 2 * HOUR_MS })).toBe(first)
  expect(hoursIn({ startMs: -DAY_MS, endMs: noonMs })).toBe(longer)
  expect(hoursIn({ startMs: 0, endMs: noonMs + DAY_MS })).not.toBe(first)
})
