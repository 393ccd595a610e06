import { connect } from 'node:net'
import { expect, test } from 'vitest'
import type { AnsweredRequest } from '../../server/observe/happened.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'

/** What was told of requests, once it was of as many. */
async function requestsOf({ happened }: TestServer, count: number): Promise<readonly AnsweredRequest[]> {
  return expect
    .poll(() => told(happened))
    .toHaveLength(count)
    .then(() => told(happened))
}

function told(happened: TestServer['happened']): readonly AnsweredRequest[] {
  return happened.flatMap((one) => (one.type === 'request' ? [one.request] : []))
}

test('a request has the id that its caller gives it, or one of its own', async () => {
  await using server = await runningServer()
  const idOf = async (id?: string) => {
    const headers: Record<string, string> = id === undefined ? {} : { 'x-request-id': id }
    return (await fetch(`${server.url}/livez`, { headers })).headers.get('x-request-id')
  }
  expect(await idOf('order-17.b')).toBe('order-17.b')
  const own = await idOf()
  expect(own).toMatch(/^[\da-f-]{36}$/)
  expect(await idOf('no id, but {"a":"sentence"}')).toMatch(/^[\da-f-]{36}$/)
  expect(await idOf('x'.repeat(65))).toHaveLength(36)
  expect((await requestsOf(server, 4)).map(({ requestId }) => requestId).slice(0, 2)).toEqual([
    'order-17.b',
    own,
  ])
})

test.for([
  ['/stores?search=secret', 'listStores', 200],
  ['/trpc/store.list?input=%7B%7D', 'trpc.store.list', 200],
  ['/trpc/health,store.list?batch=1', 'trpc.batch', 200],
  ['/trpc/nosuch', 'trpc.unknown', 404],
  ['/trpc/nosuch2,nosuch3?batch=1', 'trpc.unknown', 404],
  ['/nosuch/thing?token=secret', 'none', 404],
  ['/openapi.json', 'openapi', 200],
] as const)('%s is told as %s', async ([path, route, status]) => {
  await using server = await runningServer()
  await (await fetch(server.url + path)).text()
  const [request] = await requestsOf(server, 1)
  expect(request).toMatchObject({
    method: 'GET',
    route,
    status,
    path: path.replace(/\?.*/, ''),
    isCut: false,
  })
  expect(JSON.stringify(request)).not.toContain('secret')
  expect(request!.bytes).toBeGreaterThan(100)
})

test('a request is told of whose caller left before it was answered', async () => {
  await using server = await runningServer()
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  const head = 'POST /trigger_report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n'
  socket.write(head, () => socket.destroy())
  const [request] = await requestsOf(server, 1)
  expect(request).toMatchObject({ route: 'triggerReport', isCut: true })
})

test('a stream of events is told of when it begins, and as a request once it ends', async () => {
  await using server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n')
  const leaving = new AbortController()
  const response = await fetch(`${server.url}/events`, { signal: leaving.signal })
  await response.body!.getReader().read()
  expect(server.happened).toContainEqual({ type: 'event-stream' })
  leaving.abort()
  const requests = await requestsOf(server, 2)
  expect(requests[1]).toMatchObject({ route: 'followStores', isEventStream: true, isCut: false })
})

test('imports, pushes, reports and changes are told of', async () => {
  await using server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n')
  const refused = await fetch(`${server.url}/imports?source=x.csv`, { method: 'POST', body: 'nothing' })
  expect(refused.ok).toBe(false)
  const polls = [{ storeId: 'a', status: 'active', timestampUtc: '2026-10-05T10:00:00Z' }]
  await fetch(`${server.url}/trpc/poll.ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ polls }),
  })
  await finishedReport(server.url)
  await expect.poll(() => server.happened.some(({ type }) => type === 'change')).toBe(true)
  const others = server.happened.filter(({ type }) => type !== 'request')
  expect(others).toContainEqual(
    expect.objectContaining({
      type: 'import',
      way: 'upload',
      record: expect.objectContaining({ rowsChanged: 1 }),
    }),
  )
  expect(others).toContainEqual(
    expect.objectContaining({
      type: 'report',
      report: expect.objectContaining({ state: 'complete', stores: 1 }),
    }),
  )
  expect(others).toContainEqual(
    expect.objectContaining({ type: 'change', change: expect.objectContaining({ kind: 'import' }) }),
  )
  expect(others.map(({ type }) => type)).toContain('push')
})
