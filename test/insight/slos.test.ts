import { expect, test } from 'vitest'
import { applyAlertRules } from '../../server/database/alert-rules.ts'
import { connect } from '../../server/database/connect.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { listIncidents } from '../../server/insight/incidents.ts'
import { groupSlos } from '../../server/insight/slo-groups.ts'
import { listSlos, slosByStore } from '../../server/insight/slos.ts'
import { alertRules } from '../../shared/alert-rules.ts'
import { incidentListInput } from '../../shared/incident.ts'
import { sloGroupsInput, sloListInput, type SloRow } from '../../shared/slo.ts'
import { workedCases } from '../support/cases.ts'
import { ms } from '../support/judged-store.ts'
import { runCli } from '../support/run-cli.ts'
import { testDatabase } from '../support/test-database.ts'

const weeks = workedCases.find(({ name }) => name === '26-thirty-stores-over-weeks')!
const rules = alertRules.parse({
  reach: '6h',
  rules: [
    { condition: 'down' },
    { condition: 'budget', target: 99, spent: [10, 50, 100, 400] },
    { condition: 'budget', target: 50, group: 'city=Boston', spent: [1, 5, 10] },
    { condition: 'budget', target: 99, group: 'city=Austin', enabled: false },
  ],
})

async function filled() {
  const database = await testDatabase()
  const imported = await runCli(['import', weeks.folder, '--quiet', '--database', database.url])
  expect(imported.exitCode).toBe(0)
  const db = await connect(database.url)
  const made = { by: null, reason: null, at: 0 }
  await writeAlone(db, 'data', (tx) => applyAlertRules(tx, rules, made))
  return {
    db,
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

async function all(rows: AsyncIterable<SloRow>): Promise<SloRow[]> {
  const found: SloRow[] = []
  for await (const row of rows) found.push(row)
  return found
}

test('of each store that a rule counts for is told what incidents say, and pages have all of them', async () => {
  await using data = await filled()
  const { db } = data
  const rows = await all(slosByStore(db, { month: '2024-12' }))
  const incidents = await listIncidents(
    db,
    incidentListInput.parse({ condition: 'budget', since: '2024-12-01T00:00Z', limit: 1000 }),
    ms('2025-01-01T00:00Z'),
  )
  expect(incidents.items.length).toBeGreaterThan(30)
  const reached = (storeId: string) =>
    incidents.items.filter((one) => one.storeId === storeId).map(({ value }) => value)
  for (const row of rows) {
    expect(row.reached).toEqual(reached(row.storeId))
    expect(row.leftMs).toBe(row.budgetMs - row.downtimeMs)
    expect(row.budgetMs).toBe(Math.round((row.businessMs * (100 - row.target)) / 100))
  }
  expect(new Set(rows.map(({ rule, target }) => `${rule}: ${target}`))).toEqual(new Set(['1: 99', '2: 50']))
  const known = new Set(rows.map(({ storeId }) => storeId))
  expect(incidents.items.every(({ storeId }) => known.has(storeId!))).toBe(true)

  const paged: SloRow[] = []
  let cursor: string | undefined
  do {
    const page = await listSlos(db, sloListInput.parse({ limit: 4, cursor }))
    expect(page.items.length).toBeLessThanOrEqual(4)
    paged.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(paged).toEqual(rows)

  const first = await listSlos(db, sloListInput.parse({ sortBy: 'spent', limit: 5 }))
  const inOrder = rows.toSorted((a, b) => b.spentPercent - a.spentPercent)
  expect(first).toEqual({ items: inOrder.slice(0, 5), nextCursor: null })

  const boston = await all(slosByStore(db, { labels: [{ label: 'city', value: 'Boston' }] }))
  expect(boston).toEqual(rows.filter(({ rule }) => rule === 2))
  const [one] = boston
  expect(await all(slosByStore(db, { storeId: one!.storeId }))).toEqual([one])
})

test('groups are the sums of their stores, by rule', async () => {
  await using data = await filled()
  const { db } = data
  const rows = await all(slosByStore(db, {}))
  const together = await groupSlos(db, sloGroupsInput.parse({}))
  expect(together).toMatchObject({ by: null, month: '2024-12', hint: null })
  for (const group of together.groups) {
    const ofRule = rows.filter(({ rule }) => rule === group.rule)
    const sum = (of: 'businessMs' | 'downtimeMs' | 'unknownMs') =>
      ofRule.reduce((sumMs, row) => sumMs + row[of], 0)
    const budgetMs = (sum('businessMs') * (100 - group.target)) / 100
    expect(group).toEqual({
      group: null,
      rule: group.rule,
      target: group.target,
      stores: ofRule.length,
      overStores: ofRule.filter(({ spentPercent }) => spentPercent >= 100).length,
      businessMs: sum('businessMs'),
      downtimeMs: sum('downtimeMs'),
      unknownMs: sum('unknownMs'),
      budgetMs: Math.round(budgetMs),
      leftMs: Math.round(budgetMs) - sum('downtimeMs'),
      spentPercent: expect.closeTo((100 * sum('downtimeMs')) / budgetMs, 1) as number,
    })
  }
  const { groups } = await groupSlos(db, sloGroupsInput.parse({ by: 'city' }))
  expect(groups.map(({ group, rule, stores }) => [group, rule, stores])).toEqual([
    ['Boston', 2, 10],
    ['Cancún', 1, 9],
    [null, 1, 7],
  ])
  const none = await groupSlos(db, sloGroupsInput.parse({ by: 'planet' }))
  expect(none.hint).toContain('city')
})

test('a month that has not begun is refused, one without polls is unknown', async () => {
  await using data = await filled()
  const { db } = data
  await expect(listSlos(db, sloListInput.parse({ month: '2025-02' }))).rejects.toThrow(
    '2025-02 had not begun at the latest poll, 2024-12-31T23:28:37.924Z: ask for 2024-12 or a month before',
  )
  const [first] = (await listSlos(db, sloListInput.parse({ month: '2024-02', limit: 1 }))).items
  expect(first).toMatchObject({ month: '2024-02', downtimeMs: 0, spentPercent: 0, reached: [] })
  expect(first!.unknownMs).toBe(first!.businessMs)
  // It has not begun where most stores are, but does in hours.
  const [next] = (await listSlos(db, sloListInput.parse({ month: '2025-01', limit: 1 }))).items
  expect(next).toMatchObject({ downtimeMs: 0, unknownMs: 0, leftMs: next!.budgetMs })
})
