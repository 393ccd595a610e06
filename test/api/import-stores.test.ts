import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../client/index.ts'
import { pollFile } from '../support/import-scene.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
let client: StoreMonitorClient

beforeAll(async () => {
  server = await runningServer()
  client = createStoreMonitorClient({ url: server.url })
  await server.upload(pollFile(['s1', 's2', 's3'].map((id) => [id, 'active', '2023-01-24 12:00:00 UTC'])))
  await server.upload('store_id,name,city\ns2,Two,\ns3,,\n')
  const { polls } = await client.store.delete.mutate({ storeId: 's1', reason: 'sold' })
  await client.store.delete.mutate({ storeId: 's1', reason: 'sold', confirm: polls })
})
afterAll(() => server[Symbol.asyncDispose]())

async function get(path: string) {
  const response = await fetch(`${server.url}${path}`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('the stores of which an import changed something are listed over tRPC and REST alike', async () => {
  const first = await client.import.stores.query({ importId: 1, limit: 2 })
  expect(first.items).toEqual([
    { storeId: 's1', name: null, deletedAt: expect.stringMatching(/^20.*Z$/) as string },
    { storeId: 's2', name: 'Two', deletedAt: null },
  ])
  expect(await get('/imports/1/stores?limit=2')).toEqual({ status: 200, body: first })
  const rest = await client.import.stores.query({ importId: 1, limit: 2, cursor: first.nextCursor! })
  expect(rest).toEqual({
    items: [{ storeId: 's3', name: null, deletedAt: null }],
    nextCursor: null,
    isRecorded: true,
  })
  expect(await get(`/imports/1/stores?limit=2&cursor=${first.nextCursor}`)).toEqual({
    status: 200,
    body: rest,
  })
})

test('imports and changes of a store are listed, also of one that was deleted', async () => {
  const imports = await client.import.list.query({ storeId: 's1' })
  expect(imports).toMatchObject({ items: [{ importId: 1 }], nextCursor: null, importsNotRecorded: 0 })
  expect(await get('/imports?store_id=s1')).toEqual({ status: 200, body: imports })
  const changes = await client.data.changes.query({ storeId: 's1' })
  expect(changes.items).toMatchObject([{ kind: 'store-deleted' }, { kind: 'import', importId: 1 }])
  expect(await get('/changes?store_id=s1')).toEqual({ status: 200, body: changes })
})

test.each([
  ['/imports/9/stores', 404, /there is no import 9/],
  ['/imports/x/stores', 400, /import_id: it is no import: one is known by its number/],
  ['/imports/1/stores?cursor=s1', 400, /"s1" is not a cursor of a list of stores/],
  ['/imports/1/stores?limit=0', 400, /limit: 0 is no number of items: a page has 1 to 1000/],
  ['/imports?store_id=s9', 404, /there is no store "s9"/],
  ['/imports?store_id=a b', 400, /store_id: /],
  ['/changes?store_id=s9', 404, /there is no store "s9"/],
])('GET %s is refused', async (path, status, detail) => {
  expect(await get(path)).toMatchObject({ status, body: { detail: expect.stringMatching(detail) as string } })
})
