import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { connect } from '../../server/database/connect.ts'
import type { ReportOptionsInput } from '../../shared/report.ts'
import { casesFolder } from '../support/cases.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const weeks = { by: 'week', from: '2024-12-09', to: '2025-01-01' } as const

async function serverWithCase(name: string): Promise<TestServer> {
  const server = await runningServer()
  await server.uploadCase(join(casesFolder, name))
  return server
}

async function completeReport({ url }: TestServer, options: ReportOptionsInput): Promise<string> {
  let reportId = ''
  for await (const report of createStoreMonitorClient({ url }).runReport(options)) reportId = report.reportId
  return reportId
}

async function fileRows({ url }: TestServer, reportId: string): Promise<Row[]> {
  const rows = (await (await fetch(`${url}/reports/${reportId}.json`)).json()) as Row[]
  const lines = (await (await fetch(`${url}/reports/${reportId}.ndjson`)).text()).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as Row)).toEqual(rows)
  return rows
}

type Row = { storeId: string; uncorrected: Record<string, unknown> | null } & Record<string, unknown>

/** A row as it would be without corrections, to be compared with that of a report that ignores them. */
function alone({ uncorrected, ...row }: Row): Row {
  return { ...row, ...uncorrected, uncorrected: null }
}

/** Whether a row carries what does not differ. */
function isIdle({ uncorrected, ...row }: Row): boolean {
  return uncorrected !== null && Object.entries(uncorrected).every(([key, value]) => row[key] === value)
}

describe('typed rows carry the figures without corrections where they differ', () => {
  test.each([
    ['24-corrections', {}],
    ['24-corrections', { by: 'day', from: '2023-01-22', to: '2023-01-25' }],
    ['26-thirty-stores-over-weeks', {}],
    ['26-thirty-stores-over-weeks', weeks],
  ] as const)('in all forms: %s %o', async (name, options) => {
    await using server = await serverWithCase(name)
    const applied = await fileRows(server, await completeReport(server, options))
    const ignored = await fileRows(
      server,
      await completeReport(server, { ...options, corrections: 'ignored' }),
    )
    expect(applied.some(({ uncorrected }) => uncorrected !== null)).toBe(true)
    expect(applied.some(({ uncorrected }) => uncorrected === null)).toBe(true)
    expect(applied.filter(isIdle)).toEqual([])
    expect(applied.map(alone)).toEqual(ignored)
    expect(ignored.every(({ uncorrected }) => uncorrected === null)).toBe(true)
  })

  test('of a page, however it is sorted, of one store, and of its history', async () => {
    await using server = await serverWithCase('26-thirty-stores-over-weeks')
    const client = createStoreMonitorClient({ url: server.url })
    const reportId = await completeReport(server, {})
    const all = await fileRows(server, reportId)
    const inOrder = await client.report.rows.query({ reportId, limit: 7, cursor: '11' })
    expect(inOrder.items).toMatchObject(all.slice(11, 18))
    const sorted = await client.report.rows.query({ reportId, sortBy: 'uptimeLastWeekMs', limit: 1000 })
    expect(sorted.items.toSorted((a, b) => (a.storeId < b.storeId ? -1 : 1))).toMatchObject(all)

    const byWeek = await completeReport(server, weeks)
    const allWeeks = await fileRows(server, byWeek)
    const page = await client.report.periodRows.query({ reportId: byWeek, limit: 31, cursor: '14' })
    expect(page.items).toEqual(allWeeks.slice(14, 45))
    for (const row of all) {
      const { storeId } = row
      expect(await client.store.uptime.query({ storeId })).toEqual(row)
      const history = { storeId, by: weeks.by, since: weeks.from, until: weeks.to }
      const { items } = await client.store.history.query(history)
      expect(items).toEqual(allWeeks.filter((week) => week.storeId === storeId))
    }
  })
})

test('nothing more is stored of a report whose stores have no corrections, and one without reads as before', async () => {
  await using server = await serverWithCase('26-thirty-stores-over-weeks')
  await using db = await connect(server.databaseUrl)
  const stored = () =>
    db.selectFrom('report_part').select(['uncorrected', 'uncorrected_crc32']).orderBy('report_key').execute()
  const reportId = await completeReport(server, {})
  await completeReport(server, { corrections: 'ignored' })
  expect(await stored()).toMatchObject([
    { uncorrected_crc32: expect.any(Number) as number },
    { uncorrected: null, uncorrected_crc32: null },
  ])
  // As it was stored by a version that did not know them.
  await db.updateTable('report_part').set({ uncorrected: null, uncorrected_crc32: null }).execute()
  const rows = await fileRows(server, reportId)
  expect(rows).toHaveLength(30)
  expect(rows.every(({ uncorrected }) => uncorrected === null)).toBe(true)
})
