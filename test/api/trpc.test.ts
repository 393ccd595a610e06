import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import { describe, expect, test } from 'vitest'
import type { AppRouter } from '../../server/api/router.ts'
import { csvHeaderLine, csvLines } from '../../server/reports/csv.ts'
import { periodCsvHeader } from '../../server/reports/period-totals.ts'
import { createTotals, putTotals } from '../../server/reports/totals.ts'
import { isFinished } from '../../shared/report-state.ts'
import type { Report, ReportRow } from '../../shared/report.ts'
import { workedCases } from '../support/cases.ts'
import { runningServer } from '../support/running-server.ts'
import { filledDatabase } from '../support/test-database.ts'

function clientOf(url: string) {
  const trpc = `${url}/trpc`
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url: trpc, EventSource }),
        false: httpBatchLink({ url: trpc }),
      }),
    ],
  })
}
type Client = ReturnType<typeof clientOf>

function endOf(client: Client, reportId: Report['reportId']): Promise<Report[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Report[]>()
  const seen: Report[] = []
  client.report.progress.subscribe(
    { reportId },
    { onData: ({ data }) => seen.push(data), onComplete: () => resolve(seen), onError: reject },
  )
  return promise
}

function csvOf(rows: readonly ReportRow[]): string {
  const totals = createTotals(rows.length)
  rows.forEach((row, i) => {
    putTotals(totals, i, 0, [
      {
        uptimeMs: row.uptimeLastHourMs,
        downtimeMs: row.downtimeLastHourMs,
        unknownMs: row.unknownLastHourMs,
        excusedMs: row.excusedLastHourMs,
      },
      {
        uptimeMs: row.uptimeLastDayMs,
        downtimeMs: row.downtimeLastDayMs,
        unknownMs: row.unknownLastDayMs,
        excusedMs: row.excusedLastDayMs,
      },
      {
        uptimeMs: row.uptimeLastWeekMs,
        downtimeMs: row.downtimeLastWeekMs,
        unknownMs: row.unknownLastWeekMs,
        excusedMs: row.excusedLastWeekMs,
      },
    ])
  })
  const storeIds = rows.map((row) => row.storeId)
  return csvHeaderLine('all') + Buffer.from(csvLines(totals, storeIds, 'all')).toString()
}

/** The CSV of all pages of a report by period. */
async function periodCsvOf(client: Client, reportId: string): Promise<string> {
  const lines = [periodCsvHeader.trimEnd()]
  let cursor: string | undefined
  do {
    const page = await client.report.periodRows.query({ reportId, limit: 100, ...(cursor && { cursor }) })
    for (const { storeId, period, uptimePercent, ...totals } of page.items) {
      const { uptimeMs, downtimeMs, unknownMs, excusedMs } = totals
      const hours = [uptimeMs, downtimeMs, unknownMs, excusedMs].map((ms) =>
        (Math.round(ms / 36_000) / 100).toFixed(2),
      )
      lines.push([storeId, period, ...hours, uptimePercent?.toFixed(2) ?? ''].join())
    }
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return `${lines.join('\n')}\n`
}

describe('a worked case comes out byte for byte over tRPC', () => {
  test.for(workedCases)('$name', async ({ folder, options, expectedCsv, periodReports }) => {
    await using server = await runningServer()
    await server.uploadCase(folder)
    const client = clientOf(server.url)
    const { as_of: asOf, ...others } = options
    const { reportId } = await client.report.trigger.mutate({
      ...others,
      ...(asOf === undefined ? {} : { asOf }),
    })
    const seen = await endOf(client, reportId)
    expect(seen.at(-1)?.state).toBe('complete')
    const { items } = await client.report.rows.query({ reportId })
    expect(csvOf(items)).toBe(expectedCsv)
    for (const { options: period, expectedCsv } of periodReports) {
      const byPeriod = await client.report.trigger.mutate({
        ...others,
        ...period,
        ...(asOf === undefined ? {} : { asOf }),
      })
      await endOf(client, byPeriod.reportId)
      expect(await periodCsvOf(client, byPeriod.reportId)).toBe(expectedCsv)
    }
  })
})

async function serverWithReport(stores: number) {
  const database = await filledDatabase(stores)
  const server = await runningServer({ databaseUrl: database.url })
  const client = clientOf(server.url)
  const { reportId } = await client.report.trigger.mutate()
  const seen = await endOf(client, reportId)
  return {
    client,
    reportId,
    seen,
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

test('progress is told until the report has ended, and again only what is new after a reconnection', async () => {
  await using on = await serverWithReport(3000)
  expect(on.seen.map(({ state }) => isFinished(state))).toEqual(
    on.seen.map((_, i) => i === on.seen.length - 1),
  )

  const input = encodeURIComponent(JSON.stringify({ reportId: on.reportId, lastEventId: 'running-1024' }))
  const late = await (await fetch(`${on.url}/trpc/report.progress?input=${input}`)).text()
  expect(late).toMatch(/id: complete/)
  const again = encodeURIComponent(JSON.stringify({ reportId: on.reportId, lastEventId: 'complete' }))
  const nothingNew = await (await fetch(`${on.url}/trpc/report.progress?input=${again}`)).text()
  expect(nothingNew).not.toMatch(/id: /)
  expect(nothingNew).toMatch(/event: return/)
})

test('rows come in pages, sorted by any column, and all of them just once', async () => {
  await using on = await serverWithReport(2500)
  const all = Array.from({ length: 2500 }, (_, i) => `store-${String(i + 1).padStart(6, '0')}`)
  for (const query of [
    {},
    { order: 'descending' },
    { sortBy: 'downtimeLastWeekMs', order: 'descending' },
    { sortBy: 'uptimeLastWeekPercent' },
    { storeId: '7' },
  ] as const) {
    const rows: ReportRow[] = []
    let cursor: string | undefined
    do {
      const page = await on.client.report.rows.query({ reportId: on.reportId, limit: 700, cursor, ...query })
      rows.push(...page.items)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    const ids = rows.map((row) => row.storeId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(ids)).toEqual(new Set('storeId' in query ? all.filter((id) => id.includes('7')) : all))
    const column = 'sortBy' in query ? query.sortBy : 'storeId'
    const sign = 'order' in query ? -1 : 1
    const values = rows.map((row) => row[column]!)
    expect(values).toEqual(values.toSorted((a, b) => (a < b ? -sign : a > b ? sign : 0)))
  }
})

test('errors carry their code and what was wrong', async () => {
  await using server = await runningServer()
  const client = clientOf(server.url)
  const reportId = '00000000-0000-4000-8000-000000000000' as Report['reportId']
  await expect(client.report.get.query({ reportId })).rejects.toMatchObject({
    message: `there is no report ${reportId}`,
    data: { code: 'NOT_FOUND', httpStatus: 404, appErrorCode: 'not-found' },
  })
  await expect(client.report.cancel.mutate({ reportId: 'mine' })).rejects.toMatchObject({
    message: 'there is no report "mine": a report id is a UUID, as /trigger_report returned it',
    data: { code: 'NOT_FOUND', httpStatus: 404, appErrorCode: 'not-found' },
  })
  await expect(client.report.trigger.mutate({ reach: '1y' })).rejects.toMatchObject({
    message: expect.stringMatching(/^reach: "1y" is not a duration/) as string,
    data: { code: 'BAD_REQUEST', appErrorCode: 'invalid' },
  })
  await expect(client.report.trigger.mutate()).rejects.toMatchObject({
    data: { code: 'CONFLICT', appErrorCode: 'conflict' },
  })
  await expect(client.report.list.query({ cursor: 'x' })).rejects.toMatchObject({
    data: { code: 'BAD_REQUEST' },
  })
  await expect(endOf(client, reportId)).rejects.toMatchObject({ message: `there is no report ${reportId}` })
  expect(server.errors).toEqual([])
})

test('reports are listed newest first, page by page', async () => {
  await using server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n')
  const client = clientOf(server.url)
  const ids: string[] = []
  for (let i = 0; i < 5; i++) ids.push((await client.report.trigger.mutate()).reportId)
  const first = await client.report.list.query({ limit: 3 })
  const second = await client.report.list.query({ limit: 3, cursor: first.nextCursor! })
  expect([...first.items, ...second.items].map((report) => report.reportId)).toEqual(ids.toReversed())
  expect(second.nextCursor).toBeNull()
})
