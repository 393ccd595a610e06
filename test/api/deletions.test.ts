import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../client/index.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
let client: StoreMonitorClient

beforeAll(async () => {
  server = await runningServer()
  client = createStoreMonitorClient({ url: server.url })
  const rows = ['s1', 's2', 's3'].flatMap((id) =>
    [9, 10, 11, 12].map((hour) => `${id},active,2023-01-24 ${String(hour).padStart(2, '0')}:00:00 UTC`),
  )
  await server.upload(`store_id,status,timestamp_utc\n${rows.join('\n')}\n`)
})
afterAll(() => server[Symbol.asyncDispose]())

async function remove(path: string) {
  const response = await fetch(`${server.url}${path}`, { method: 'DELETE' })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('polls are counted first and deleted when that is confirmed, over tRPC and REST alike', async () => {
  const time = { from: '2023-01-24T10:00Z', to: '2023-01-24T12:00Z', reason: 'poller was broken' }
  const planned = await client.poll.delete.mutate({ storeId: 's3', ...time })
  expect(planned).toEqual({
    polls: 2,
    stores: 1,
    firstPollAt: '2023-01-24T10:00:00Z',
    lastPollAt: '2023-01-24T11:00:00Z',
    change: null,
  })
  const path = `/polls?store_id=s3&from=${time.from}&to=${time.to}&reason=broken&by=Ann`
  expect(await remove(path)).toMatchObject({ status: 200, body: { polls: 2, change: null } })
  const done = await remove(`${path}&confirm=${planned.polls}`)
  expect(done).toMatchObject({
    status: 200,
    body: {
      polls: 2,
      firstPollAt: '2023-01-24T10:00:00Z',
      change: { kind: 'polls-deleted', storeId: 's3', author: 'Ann', reason: 'broken', polls: 2 },
    },
  })
  expect((await client.health.query()).database.polls).toBe(10)
  await expect(client.poll.delete.mutate({ storeId: 's3', ...time, confirm: 2 })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/^these 2 polls were deleted already, at .*: change 2 is/) as unknown,
  })
})

test('a report keeps a store that is deleted after it, and a new one has it no more', async () => {
  const { report_id: id } = await finishedReport(server.url)
  const file = async (reportId: unknown) =>
    (await fetch(`${server.url}/reports/${reportId as string}.csv`)).text()
  const before = await file(id)
  expect(await client.store.delete.mutate({ storeId: 's2', reason: 'closed' })).toMatchObject({
    polls: 4,
    change: null,
  })
  expect(await remove('/stores/s2?reason=closed&by=Ann&confirm=4')).toMatchObject({
    status: 200,
    body: { storeId: 's2', polls: 4, change: { kind: 'store-deleted', author: 'Ann' } },
  })
  expect(await file(id)).toBe(before)
  const { items } = await client.report.rows.query({ reportId: id as string })
  expect(items.map(({ storeId }) => storeId).toSorted()).toEqual(['s1', 's2', 's3'])

  const { report_id: newId } = await finishedReport(server.url)
  expect(await file(newId)).toBe(before.replace(/^s2,.*\n/m, ''))
  expect(await remove('/stores/s2?reason=closed')).toMatchObject({
    status: 404,
    body: {
      detail: expect.stringMatching(/^there is no store "s2": it was deleted at .* by Ann/) as unknown,
    },
  })
  await expect(client.store.get.query({ storeId: 's2' })).rejects.toMatchObject({ code: 'not-found' })
})

test.each([
  ['/polls?from=2023-01-24T10:00Z&to=2023-01-24T12:00Z&reason=x', /say whose polls are to be deleted/],
  [
    '/polls?all=true&store_id=s1&from=2023-01-24T10:00Z&to=2023-01-24T12:00Z&reason=x',
    /say whose polls are to be deleted, in one way/,
  ],
  ['/polls?all=true&from=2023-01-24T12:00Z&to=2023-01-24T12:00Z&reason=x', /is not before to/],
  ['/polls?all=yes&from=2023-01-24T10:00Z&to=2023-01-24T12:00Z&reason=x', /all: write all=true/],
  ['/polls?all=true&from=soon&to=2023-01-24T12:00Z&reason=x', /from: "soon" is not an instant/],
  ['/polls?all=true&from=2023-01-24T10:00Z&to=2023-01-24T12:00Z&reason=+', /reason: it is empty/],
  ['/polls?all=true&from=2023-01-24T10:00Z&to=2023-01-24T12:00Z&reason=x&confirm=all', /confirm: write/],
  ['/stores/s1', /reason: /],
])('DELETE %s is refused', async (path, detail) => {
  expect(await remove(path)).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(detail) as unknown },
  })
})
