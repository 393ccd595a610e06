import { expect, test } from 'vitest'
import { isFinished } from '../../shared/report-state.ts'
import type { Report, ReportRow } from '../../shared/report.ts'
import { runningServer } from '../support/running-server.ts'
import { filledDatabase } from '../support/test-database.ts'
import { clientOf, endOf } from '../support/trpc-client.ts'

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
