import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { AppError, createStoreMonitorClient, type ListedRow, type Report } from '../../client/index.ts'
import { inputFiles, workedCases } from '../support/cases.ts'
import { runningServer } from '../support/running-server.ts'
import { filledDatabase } from '../support/test-database.ts'
import { cuttingProxy } from './cut-connections.ts'

const fortyStores = workedCases.find(({ name }) => name === '19-forty-stores')!
const unknownId = '3f0a9d3c-5d0e-4a53-9c4f-7f4dd8a5b0c1'

/** A server whose reports take a moment. */
async function busyServer() {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await filledDatabase(20_000))
  const server = parts.use(await runningServer({ databaseUrl: database.url }))
  const owned = parts.move()
  return { url: server.url, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** A server that gives everybody the same answer. */
async function answering(status: number, body: string) {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}

test('files go in, a report runs with progress, and its rows and file come out', async () => {
  await using server = await runningServer()
  const client = createStoreMonitorClient({ url: `${server.url}/` })
  for (const source of inputFiles) {
    const progress: number[] = []
    const file = await readFile(`${fortyStores.folder}/${source}`)
    const record = await client.importFile(new Blob([file]), {
      source,
      onProgress: ({ bytesRead }) => progress.push(bytesRead),
    })
    expect(record).toMatchObject({ source, state: 'complete', bytes: file.byteLength })
    expect(progress.at(-1)).toBe(file.byteLength)
  }

  const seen: Report[] = await Array.fromAsync(client.runReport())
  expect(seen[0]!.state).toBe('queued')
  expect(seen.at(-1)).toMatchObject({ state: 'complete', progress: { storesDone: 40, storesTotal: 40 } })
  const { reportId } = seen.at(-1)!

  const csv = await client.downloadReport(reportId, { columns: 'all' })
  expect(await text(csv)).toBe(fortyStores.expectedCsv)
  const { items } = await client.report.rows.query({ reportId, sortBy: 'uptimeLastWeekMs', limit: 3 })
  expectTypeOf(items).toEqualTypeOf<ListedRow[]>()
  expect(items).toHaveLength(3)
  expect(await client.health.query()).toMatchObject({ status: 'ok', database: { stores: 40 } })
})

describe('a report under way', () => {
  test('is followed across connections that are cut, without a step back', async () => {
    await using server = await busyServer()
    await using proxy = await cuttingProxy(server.url)
    const client = createStoreMonitorClient({ url: proxy.url })
    const seen: Report[] = []
    let cuts = 0
    for await (const report of client.runReport()) {
      seen.push(report)
      if (report.state === 'running' && report.progress.storesDone > 0 && cuts++ < 1) proxy.cut()
    }
    expect(cuts).toBeGreaterThan(0)
    expect(seen.at(-1)).toMatchObject({ state: 'complete', progress: { storesDone: 20_000 } })
    const done = seen.map(({ progress }) => progress.storesDone)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
  })

  test('goes on where the watching is given up, and can be watched again', async () => {
    await using server = await busyServer()
    const client = createStoreMonitorClient({ url: server.url })
    const controller = new AbortController()
    const reason = new Error('enough')
    const watching = (async () => {
      for await (const { state } of client.runReport({}, { signal: controller.signal })) {
        if (state === 'running') controller.abort(reason)
      }
    })()
    await expect(watching).rejects.toBe(reason)

    const { items } = await client.report.list.query()
    const states: string[] = []
    for await (const { state } of client.watchReport(items[0]!.reportId)) states.push(state)
    expect(states.at(-1)).toBe('complete')
  })

  test('that is cancelled ends the watching with an error', async () => {
    await using server = await busyServer()
    const client = createStoreMonitorClient({ url: server.url })
    const watching = (async () => {
      for await (const { state, reportId } of client.runReport()) {
        if (state === 'running') await client.report.cancel.mutate({ reportId })
      }
    })()
    await expect(watching).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^report \S+ was cancelled$/) as string,
    })
  })
})

describe('an error of the server is an AppError with its code and message:', () => {
  test('over tRPC, REST and uploads', async () => {
    await using server = await runningServer()
    const client = createStoreMonitorClient({ url: server.url })
    const failures: [call: () => Promise<unknown>, code: string, message: RegExp][] = [
      [() => client.report.get.query({ reportId: unknownId }), 'not-found', /there is no report 3f0a/],
      [() => client.report.get.query({ reportId: 'mine' }), 'not-found', /a report id is a UUID/],
      [() => client.report.trigger.mutate({ reach: '99d' }), 'invalid', /reach "99d" is out of range/],
      [() => client.runReport().next(), 'conflict', /there are no polls/],
      [() => client.watchReport(unknownId).next(), 'not-found', /there is no report 3f0a/],
      [() => client.downloadReport(unknownId), 'not-found', /there is no report 3f0a/],
      [() => client.importFile(new Blob(['a,b\n1,2\n']), { source: 'a.csv' }), 'invalid', /no known kind/],
    ]
    for (const [call, code, message] of failures) {
      const error: unknown = await call().catch((error: unknown) => error)
      expect(error).toBeInstanceOf(AppError)
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
    }
  })
})

describe('what is not a store-monitor server is unavailable:', () => {
  test('nothing listens there', async () => {
    const client = createStoreMonitorClient({ url: 'http://127.0.0.1:2' })
    for (const call of [() => client.health.query(), () => client.downloadReport(unknownId)]) {
      await expect(call()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(
          /^cannot reach store-monitor at http:\/\/127\.0\.0\.1:2 \(ECONNREFUSED\): is the server running\?/,
        ) as string,
      })
    }
  })

  test.each([
    '<html>',
    '{"hello":"you"}',
    '[]',
    'null',
    '{"result":{}}',
    '{"result":{"data":null}}',
    '{"result":{"data":{"items":3}}}',
    '{"error":{"message":"no","code":-32603,"data":{"code":"INTERNAL_SERVER_ERROR"}}}',
  ])('something answers %s to everything', async (answer) => {
    await using site = await answering(200, answer)
    const client = createStoreMonitorClient({ url: site.url })
    const calls = [
      () => client.health.query(),
      () => client.report.get.query({ reportId: unknownId }),
      () => client.report.list.query(),
      () => client.runReport().next(),
    ]
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/is not a store-monitor server: is the URL right\?/) as string,
      })
    }
  })
})

test('an error of a later server keeps its message, and its status says what kind of error it is', async () => {
  const data = { appErrorCode: 'gone', httpStatus: 410 }
  await using server = await answering(410, JSON.stringify({ error: { message: 'not you', code: -1, data } }))
  const { health } = createStoreMonitorClient({ url: server.url })
  await expect(health.query()).rejects.toMatchObject({ code: 'invalid', message: 'not you' })
})

test('headers and a path in the URL go with every request, events included', async () => {
  await using server = await runningServer()
  for (const file of inputFiles) await server.uploadFile(`${fortyStores.folder}/${file}`)
  const requests: string[] = []
  const client = createStoreMonitorClient({
    url: 'http://proxied/monitor',
    headers: async () => ({ authorization: 'Bearer 1' }),
    fetch(input, init) {
      const request = new Request(input, init)
      const { pathname, search } = new URL(request.url)
      requests.push(`${request.headers.get('authorization')} ${pathname}`)
      return fetch(server.url + pathname.replace(/^\/monitor/, '') + search, init)
    },
  })
  const reports = await Array.fromAsync(client.runReport())
  await client.downloadReport(reports.at(-1)!.reportId)
  expect(requests).toEqual([
    'Bearer 1 /monitor/trpc/report.trigger',
    'Bearer 1 /monitor/trpc/report.progress',
    `Bearer 1 /monitor/reports/${reports.at(-1)!.reportId}.csv`,
  ])
})
