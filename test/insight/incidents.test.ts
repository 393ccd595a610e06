import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { applyAlertRules } from '../../server/database/alert-rules.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { listIncidents } from '../../server/insight/incidents.ts'
import { simulateAlerts } from '../../server/insight/simulated-alerts.ts'
import { alertRules, type AlertRulesGiven } from '../../shared/alert-rules.ts'
import { incidentConditions } from '../../shared/incident-condition.ts'
import { incidentListInput, simulateInput, type IncidentRow } from '../../shared/incident.ts'
import { workedCases } from '../support/cases.ts'
import { ms } from '../support/judged-store.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'

const weeks = workedCases.find(({ name }) => name === '26-thirty-stores-over-weeks')!
const HOUR_MS = 3_600_000

/** Rules of all conditions, for few stores. */
const rules: AlertRulesGiven = {
  reach: '6h',
  rules: [
    { condition: 'down', expire: '2d' },
    { condition: 'down', group: 'city=Boston', for: '2h' },
    { condition: 'no-data', forget: '5d' },
    { condition: 'unstable', of: 6, changes: 3, until: 1, expire: '2d' },
    { condition: 'uptime', below: 80, days: 1, observed: 20 },
    { condition: 'drop', points: 10, days: 1, observed: 20 },
    { condition: 'budget', target: 99 },
    { condition: 'group-share', by: 'city', stores: 2, expire: '2d' },
    { condition: 'blind', stores: 5, seen: '3d', expire: '2d' },
    { condition: 'late' },
  ],
}
const LATEST_MS = ms('2024-12-31T23:28Z')

async function filled(url: string, given = rules): Promise<Db> {
  const imported = await runCli(['import', weeks.folder, '--quiet', '--database', url])
  expect(imported.exitCode).toBe(0)
  const db = await connect(url)
  const made = { by: null, reason: null, at: 0 }
  await writeAlone(db, 'data', (tx) => applyAlertRules(tx, alertRules.parse(given), made))
  return db
}

async function listed(db: Db, query: Parameters<typeof incidentListInput.parse>[0]): Promise<IncidentRow[]> {
  const items: IncidentRow[] = []
  let cursor: string | undefined
  do {
    const page = await listIncidents(
      db,
      incidentListInput.parse({ ...(query as object), cursor }),
      LATEST_MS + 4 * HOUR_MS,
    )
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}

test('incidents are of all conditions, and a rule of a group replaces that of all stores', async () => {
  await using database = await testDatabase()
  await using db = await filled(database.url)
  const all = await listed(db, { since: '2024-12-01T00:00Z' })
  expect(new Set(all.map(({ condition }) => condition))).toEqual(
    new Set(['down', 'no-data', 'unstable', 'uptime', 'drop', 'budget', 'group-share', 'blind', 'late']),
  )
  for (const condition of incidentConditions) {
    const ofCondition = await listed(db, { since: '2024-12-01T00:00Z', condition, limit: 3 })
    expect(ofCondition).toEqual(all.filter((one) => one.condition === condition))
  }
  const ofGroup = await listed(db, { since: '2024-12-20T00:00Z', labels: 'city=Boston' })
  const stores = new Set(ofGroup.map(({ storeId }) => storeId))
  expect(stores.has(null)).toBe(false)
  expect(ofGroup).toEqual(
    all.filter(({ storeId, closed }) => stores.has(storeId) && (closed ?? '9') >= '2024-12-20'),
  )
  const byRules = ofGroup.filter(({ condition }) => condition === 'down').map(({ rule }) => rule)
  expect(new Set(byRules)).toEqual(new Set([1]))
})

/** By the last ones, a month is read before the time that is asked for; by the others a week or two. */
test.each([
  { of: 'stores', only: ['down', 'no-data', 'unstable'] },
  { of: 'days', only: ['uptime', 'drop'] },
  { of: 'many', only: ['blind', 'group-share', 'late'] },
  { of: 'months', only: ['budget'] },
])(
  'those of some time are those of all time that were open in it, however little of the past is read for it: of $of',
  { timeout: 60_000 },
  async ({ only }) => {
    await using database = await testDatabase()
    const some = rules.rules!.filter(({ condition }) => only.includes(condition))
    await using db = await filled(database.url, { ...rules, rules: some })
    const all = await listed(db, { since: '2024-12-01T00:00Z' })
    expect(all.length).toBeGreaterThan(3)
    for (const [since, until] of [
      ['2024-12-20T00:00:00.000Z', '2024-12-20T06:00:00.000Z'],
      ['2024-12-27T12:00:00.000Z', '2024-12-28T12:00:00.000Z'],
      ['2024-12-31T23:00:00.000Z', undefined],
    ] as const) {
      const expected = all.filter(({ opened, closed }) => (closed ?? '9') >= since && opened < (until ?? '9'))
      expect(await listed(db, { since, until, limit: 2 })).toEqual(expected)
      expect(await listed(db, { since, until, open: true })).toEqual(
        expected.filter(({ closed }) => closed === null),
      )
      const storeId = expected.findLast((one) => one.storeId !== null)?.storeId
      if (storeId === undefined || storeId === null) continue
      expect(await listed(db, { since, until, storeId })).toEqual(
        expected.filter((one) => one.storeId === storeId),
      )
    }
  },
)

test('what would have been told is counted by day and rule, and what is held back', async () => {
  await using database = await testDatabase()
  await using db = await filled(database.url)
  const all = await listed(db, { since: '2024-12-01T00:00Z' })
  const simulate = (query: object) => simulateAlerts(db, simulateInput.parse(query), LATEST_MS)
  const { days, stores } = await simulate({ since: '2024-12-01T00:00Z' })
  const sum = (rule: number, what: 'opened' | 'closed' | 'held') =>
    days.filter((day) => day.rule === rule).reduce((total, day) => total + day[what], 0)
  const found = (rule: number) => all.filter((one) => one.rule === rule)
  expect(stores).toBe(30)
  // Nothing holds back what is of uptime.
  expect([sum(4, 'opened'), sum(4, 'held')]).toEqual([found(4).length, 0])
  for (const rule of [0, 1, 2, 3])
    expect(sum(rule, 'opened') + sum(rule, 'held')).toBeLessThanOrEqual(found(rule).length)
  expect(sum(0, 'held')).toBeGreaterThan(0)
  expect(sum(0, 'opened')).toBeGreaterThan(0)

  const others = await simulate({
    since: '2024-12-01T00:00Z',
    rules: { rules: [{ condition: 'uptime', below: 80, days: 1 }] },
  })
  expect(new Set(others.days.map(({ rule }) => rule))).toEqual(new Set([0]))
  await expect(simulate({ since: '2025-02-01T00:00Z' })).rejects.toThrow(
    'since is not before the latest poll, 2024-12-31T',
  )
  await expect(simulate({ since: '2023-01-01T00:00Z' })).rejects.toThrow('at most 400 are looked at')
})

test('without any polls there is nothing to find incidents in', async () => {
  await using database = await testDatabase()
  const { exitCode, stderr } = await runCli(['incidents', '--database', database.url])
  expect([exitCode, stderr]).toEqual([4, expect.stringContaining('no polls')])
})

test('one that has been open for months is found with its beginning, in its place among the others', async () => {
  await using database = await testDatabase()
  await using folder = await temporaryFolder()
  const days = Array.from({ length: 90 }, (_, day) =>
    new Date(Date.UTC(2024, 9, 3 + day)).toISOString().slice(0, 10),
  )
  const polls = days.flatMap((day) => [
    `a-gone,inactive,${day}T10:00Z`,
    `b-well,active,${day}T10:00Z`,
    `b-well,inactive,${day}T12:00Z`,
    `b-well,inactive,${day}T13:00Z`,
    `a-gone,inactive,${day}T20:00Z`,
  ])
  const file = folder.file('store_status.csv')
  await writeFile(file, ['store_id,status,timestamp_utc', ...polls].join('\n'))
  expect((await runCli(['import', file, '--quiet', '--database', database.url])).exitCode).toBe(0)
  await using db = await connect(database.url)
  const found = await listed(db, { since: '2024-12-31T00:00Z', condition: 'down', limit: 1 })
  expect(found.map(({ storeId, opened, closed }) => [storeId, opened, closed])).toEqual([
    ['a-gone', '2024-10-03T20:00:00.000Z', null],
    ['b-well', '2024-12-30T13:00:00.000Z', '2024-12-31T10:00:00.000Z'],
    ['b-well', '2024-12-31T13:00:00.000Z', null],
  ])
})
