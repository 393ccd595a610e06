import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { withoutSilence } from '../../server/api/body-silence.ts'
import { serverOptions } from '../../server/limits/guarded-server.ts'
import { usualLimits } from '../../server/limits/setting.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await runningServer({ limits: { bodySilence: 50 } })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const header = 'store_id,status,timestamp_utc\n'

describe('a request whose body falls silent is answered so, and its connection is closed:', () => {
  test.for([
    ['an upload of a known length', '/imports', 'Content-Length: 1000', header],
    [
      'an upload in chunks',
      '/imports',
      'Transfer-Encoding: chunked',
      `${header.length.toString(16)}\r\n${header}\r\n`,
    ],
    ['an upload that never begins', '/imports', 'Content-Length: 1000', ''],
    ['a push', '/polls', 'Content-Type: text/csv\r\nContent-Length: 1000', header],
    ['a push that never begins', '/polls', 'Content-Length: 1000', ''],
    ['the options of a report', '/trigger_report', 'Content-Length: 1000', '{'],
    ['a call of tRPC', '/trpc/report.trigger', 'Content-Type: application/json\r\nContent-Length: 1000', '{'],
    [
      'a call of tRPC in chunks',
      '/trpc/report.trigger',
      'Content-Type: application/json\r\nTransfer-Encoding: chunked',
      '1\r\n{\r\n',
    ],
  ] as const)('%s', async ([, path, fields, body]) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n${body}`)
    const answer = await text(socket) // it ends with the connection
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(answer).toContain('nothing more of the request came for 0.05 s')
    expect(server.errors).toEqual([])
  })
})

test('nobody waits twice for a push that falls silent', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  try {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write('POST /polls HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /)
    expect(timers.mock.calls.filter(([, ms]) => ms === 50)).toHaveLength(1)
  } finally {
    timers.mockRestore()
  }
})

test('the client tells so in words', async () => {
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(header)),
  })
  const client = createStoreMonitorClient({ url: server.url })
  await expect(client.importFile(silent, { source: 'polls.csv' })).rejects.toMatchObject({
    code: 'timed-out',
    message: expect.stringMatching(/^nothing more of the request came/) as string,
  })
})

test('a body takes as long as it does, as long as it says something', async () => {
  vi.useFakeTimers()
  try {
    const sent = new TransformStream<Uint8Array, Uint8Array>()
    const writer = sent.writable.getWriter()
    const reader = withoutSilence(sent.readable, 60_000).getReader()
    for (let minute = 0; minute < 20; minute++) {
      const read = reader.read()
      await vi.advanceTimersByTimeAsync(59_000)
      await writer.write(Uint8Array.of(minute))
      expect(await read).toEqual({ done: false, value: Uint8Array.of(minute) })
    }
    await vi.advanceTimersByTimeAsync(600_000) // nobody waits for it
    const [end] = await Promise.allSettled([reader.read(), vi.advanceTimersByTimeAsync(60_000)])
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'timed-out' } })
  } finally {
    vi.useRealTimers()
  }
})

test('only the head of a request has a time in which to arrive', () => {
  expect(serverOptions(usualLimits)).toMatchObject({ headersTimeout: 60_000, requestTimeout: 0 })
})
