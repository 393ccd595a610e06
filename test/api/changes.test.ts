import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../client/index.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
let client: StoreMonitorClient

beforeAll(async () => {
  server = await runningServer()
  client = createStoreMonitorClient({ url: server.url })
  await server.upload('store_id,status,timestamp_utc\ns1,active,2023-01-24 12:00:00 UTC\n')
})
afterAll(() => server[Symbol.asyncDispose]())

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('what changed the data is listed over tRPC and REST alike, with who did it and why', async () => {
  await call('PUT', '/stores/s1/timezone', { timezone: 'UTC', by: 'Ann', reason: 'moved' })
  await client.store.setDetails.mutate({ storeId: 's1', name: 'One', by: 'Bob' })
  const { items } = await client.data.changes.query({})
  expect(items).toMatchObject([
    { kind: 'details', author: 'Bob', reason: null },
    { kind: 'timezone', storeId: 's1', author: 'Ann', reason: 'moved' },
    { kind: 'import', importId: 1, rowsChanged: 1 },
  ])
  const listed = await call('GET', '/changes?store_id=s1&kind=timezone')
  expect(listed).toMatchObject({
    status: 200,
    body: { items: [{ changeId: 2, kind: 'timezone', storeId: 's1', author: 'Ann' }], nextCursor: null },
  })
})

test.each([
  ['/changes?kind=wish', /kind: /],
  ['/changes?since=lately', /since: "lately" is not an instant/],
  ['/changes?cursor=x', /"x" is not a cursor of a list of changes/],
])('GET %s is refused', async (path, detail) => {
  expect(await call('GET', path)).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(detail) as unknown },
  })
})
