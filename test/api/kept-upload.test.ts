import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { connect } from '../../server/database/connect.ts'
import { keptTotals } from '../../server/database/uploads.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const polls = 'store_id,status,timestamp_utc\ns1,active,2023-01-24T10:00:00Z\n'

function send(
  { url }: { url: string },
  body: string,
  headers: Record<string, string> = { prefer: 'respond-async' },
) {
  return fetch(`${url}/imports?source=a.csv`, { method: 'POST', body, headers })
}

async function kept({ databaseUrl }: TestServer) {
  await using db = await connect(databaseUrl, { readOnly: true })
  return await keptTotals(db)
}

const nothing = { uploads: 0, bytes: 0 }

test('who prefers it is answered once the file is kept, with where its import is', async () => {
  await using server = await runningServer()
  const response = await send(server, polls, { prefer: 'handling=lenient, Respond-Async; wait=1' })
  expect([response.status, response.headers.get('preference-applied')]).toEqual([202, 'respond-async'])
  expect(await response.json()).toMatchObject({
    importId: 1,
    source: 'a.csv',
    kind: 'polls',
    state: 'running',
  })
  const place = response.headers.get('location')!
  expect(place).toBe(`${server.url}/imports/1`)
  const state = async () => ((await (await fetch(place)).json()) as { state: string }).state
  await expect.poll(state).toBe('complete')
  await expect.poll(() => kept(server)).toEqual(nothing)
  expect(server.errors).toEqual([])
})

test.for(['', 'respond-asynchronously', 'wait=10'])('who prefers "%s" waits for the end', async (prefer) => {
  await using server = await runningServer()
  const response = await send(server, polls, { prefer })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ state: 'complete' })
})

test('a stream of its progress begins with the record that was accepted', async () => {
  await using server = await runningServer()
  const response = await send(server, polls, { prefer: 'respond-async', accept: 'application/x-ndjson' })
  expect(response.status).toBe(202)
  const lines = (await response.text()).trimEnd().split('\n')
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(events[0]).toMatchObject({ accepted: { importId: 1, state: 'running' } })
  expect(events.at(-1)).toMatchObject({ import: { importId: 1, state: 'complete', rowsChanged: 1 } })
})

test.for([
  ['a,b\n1,2\n', 400, /^a\.csv is of no known kind/],
  ['', 400, /^the body is empty/],
  [`${polls}${'x'.repeat(1000)}`, 413, /larger than the 1000 bytes/],
] as const)('what cannot be imported is not kept: %j', async ([body, status, detail]) => {
  await using server = await runningServer({ limits: { uploadBytes: 1000 } })
  const response = await send(server, body)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ detail: expect.stringMatching(detail) as unknown })
  expect(await kept(server)).toEqual(nothing)
  expect(await (await fetch(`${server.url}/imports`)).json()).toMatchObject({ items: [] })
})

test('a file of which nothing can be taken is recorded as failed, and kept no longer', async () => {
  await using server = await runningServer()
  const client = createStoreMonitorClient(server)
  const body = new Blob(['store_id,status,timestamp_utc\ns1,asleep,2023-01-24T10:00:00Z\n'])
  await expect(client.importFile(body, { source: 'a.csv' })).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('none of its only row can be taken') as unknown,
  })
  expect(await client.import.get.query({ importId: 1 })).toMatchObject({ state: 'failed', rowsRejected: 1 })
  await expect.poll(() => kept(server)).toEqual(nothing)
})

test('no more is kept than the limit says, and who meets it is told which', async () => {
  await using server = await runningServer({ limits: { keptUploadBytes: 0 } })
  const refused = await send(server, polls)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
  expect(await refused.json()).toMatchObject({ limit: 'keptUploadBytes' })
  expect((await send(server, polls, {})).status).toBe(200)
})

test('the client does not wait where it is told not to', async () => {
  await using server = await runningServer()
  const client = createStoreMonitorClient(server)
  const record = await client.importFile(new Blob([polls]), { source: 'a.csv', wait: false })
  expect(record).toMatchObject({ importId: 1, state: 'running' })
  const state = async () => (await client.import.get.query({ importId: 1 })).state
  await expect.poll(state).toBe('complete')
})
