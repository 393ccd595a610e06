import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStoreMonitorClient, type PushResult } from '../../client/index.ts'
import { createLineCutter } from '../../client/cut-lines.ts'
import { connect } from '../../server/database/connect.ts'
import { storedPolls } from '../support/import-scene.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'
import { cuttingProxy } from './cut-connections.ts'

const header = 'store_id,status,timestamp_utc\n'
const noonMs = Date.parse('2026-10-05T12:00:00Z')
const at = (second: number) => new Date(noonMs + second * 1000).toISOString()
const csvLine = (i: number, status = 'active') => `s${i % 7},${status},${at(i)}\n`
const jsonLine = (i: number, status = 'active') =>
  `${JSON.stringify({ store_id: `s${i % 7}`, status, timestamp_utc: at(i) })}\n`

async function pollsOf({ databaseUrl }: TestServer): Promise<string[]> {
  await using db = await connect(databaseUrl, { readOnly: true })
  return await storedPolls(db)
}

function* cut(text: string, lengths: readonly number[]): Generator<Uint8Array> {
  for (let from = 0, i = 0; from < text.length; i++) {
    const length = lengths[i % lengths.length]!
    yield Buffer.from(text.slice(from, from + length))
    from += length
  }
}

test('bytes that are cut anywhere are put together to whole lines, and told by what they begin with', async () => {
  const someText = fc.oneof(
    fc.array(fc.constantFrom('\n', ' ', 'a,b\n', 'x'), { maxLength: 20 }).map((parts) => parts.join('')),
    fc
      .array(fc.constantFrom('{"a":1}\n', '{"b":2}\n', '\n'), { maxLength: 9 })
      .map((parts) => parts.join('')),
    fc.constantFrom('[1,\n2]', ' [\n]', '{\n"a":1\n}\n', '\n{ \n}'),
  )
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(someText, lengths, async (text, lengths) => {
      async function* chunks() {
        yield* cut(text, lengths)
      }
      const cutter = createLineCutter(chunks())
      const pieces = (await Array.fromAsync(cutter.pieces)).map((piece) => Buffer.from(piece).toString())
      expect(pieces.join('')).toBe(text)
      for (const piece of pieces.slice(0, -1)) expect(piece).toMatch(/\n$/)
      // One JSON text is not cut, but for what is blank before it.
      const [first = ''] = text.trim()
      const isJson = first === '[' || /^\s*\{\s*\n/.test(text)
      const format = isJson ? 'json' : { '': undefined, '{': 'ndjson' }[first]
      expect(cutter.format()).toBe(first === '' || isJson || first === '{' ? format : 'csv')
      const notBlank = pieces.filter((piece) => piece.trim() !== '')
      expect(notBlank.length).toBeLessThanOrEqual(isJson ? 1 : Infinity)
    }),
  )
})

test.each([
  ['lines of JSON', jsonLine, ''],
  ['CSV, whose header counts for all that comes later', csvLine, `sep=,\n${header}`],
])('%s are taken as they come, while there are no more yet', async (_, line, head) => {
  await using server = await runningServer()
  const { polls, health } = createStoreMonitorClient({ url: server.url })
  const seen: PushResult[] = []
  async function* endless() {
    yield Buffer.from(head)
    yield Buffer.from(line(0) + line(1, 'shut') + line(2).slice(0, 9))
    // Not before what has come is there: a batch that waited for more would wait for ever.
    while ((await health.query()).database.polls! < 1) await new Promise(setImmediate)
    yield Buffer.from(`${line(2).slice(9)}\n`)
    while ((await health.query()).database.polls! < 2) await new Promise(setImmediate)
    yield Buffer.from(line(3, 'open') + line(4).trimEnd())
  }
  const result = await polls.pushLines(endless(), { lingerMs: 1, onProgress: (one) => seen.push(one) })
  expect(result).toMatchObject({ accepted: 3, changed: 3, rejected: 2, firstPollAt: '2026-10-05T12:00:00Z' })
  const before = head.split('\n').length - 1
  expect(result.rejections.map(({ row, reason }) => `${row - before} ${reason}`)).toEqual([
    '2 status "shut" is neither active nor inactive',
    '5 status "open" is neither active nor inactive',
  ])
  expect(seen.at(-1)).toEqual(result)
  expect(seen.length).toBeGreaterThan(2)
  expect(await pollsOf(server)).toHaveLength(3)
})

test('many lines are the same as a body of them, and so are what is told of them', async () => {
  await using server = await runningServer()
  await using other = await runningServer()
  const lines = Array.from({ length: 30_000 }, (_, i) => csvLine(i, i % 10_000 === 9999 ? 'shut' : 'active'))
  const text = header + lines.join('')
  async function* chunks() {
    yield* cut(text, [65_536, 3, 500_000])
  }
  const { polls } = createStoreMonitorClient({ url: server.url })
  const result = await polls.pushLines(chunks(), { lingerMs: 60_000 })
  const whole = await createStoreMonitorClient({ url: other.url }).polls.send(new Blob([text]))
  expect(result).toEqual(whole)
  expect(await pollsOf(server)).toEqual(await pollsOf(other))
})

test('what is no line of polls is refused as a body is', async () => {
  await using server = await runningServer()
  const { polls } = createStoreMonitorClient({ url: server.url })
  async function* of(...texts: string[]) {
    for (const text of texts) yield Buffer.from(text)
  }
  await expect(polls.pushLines(of())).rejects.toMatchObject({ code: 'invalid', message: /the body is empty/ })
  await expect(polls.pushLines(of(header))).rejects.toMatchObject({
    code: 'invalid',
    message: /has no polls/,
  })
  await expect(polls.pushLines(of('a,b\n', '1,2\n'))).rejects.toMatchObject({ code: 'invalid' })
  const bad = Array.from({ length: 3 }, (_, i) => jsonLine(i, 'shut'))
  await expect(polls.pushLines(of(bad.join('')))).rejects.toMatchObject({
    code: 'rejected',
    message: /^none of the 3 polls can be taken: in row 1, status "shut" is neither/,
  })
  const array = JSON.stringify(
    [jsonLine(0), jsonLine(1)].map((line) => JSON.parse(line) as unknown),
    null,
    1,
  )
  expect(await polls.pushLines(of(array.slice(0, 9), array.slice(9)))).toMatchObject({ accepted: 2 })
})

test('polls of an iterable that waits are not held back, and are sent once, also where the connection is cut', async () => {
  await using server = await runningServer()
  await using proxy = await cuttingProxy(server.url)
  const { polls } = createStoreMonitorClient({ url: proxy.url })
  const { health } = createStoreMonitorClient({ url: server.url })
  const retried: string[] = []
  const end = new AbortController()
  const poll = (i: number) => ({ storeId: 'a', status: 'active' as const, timestampUtc: at(i) })
  async function* endless() {
    yield poll(0)
    while ((await health.query()).database.polls! < 1) await new Promise(setImmediate)
    proxy.cut()
    proxy.isDown = true
    yield poll(1)
    while (retried.length === 0) await new Promise(setImmediate)
    proxy.isDown = false
    while ((await health.query()).database.polls! < 2) await new Promise(setImmediate)
    yield poll(2)
    end.abort()
    await new Promise(() => {}) // no more, and no end
  }
  const result = await polls.push(endless(), {
    lingerMs: 1,
    endSignal: end.signal,
    onRetry: ({ code }) => retried.push(code),
  })
  expect(result).toMatchObject({ accepted: 3, changed: 3, repeated: 0 })
  expect(retried[0]).toBe('unavailable')
  expect(await pollsOf(server)).toHaveLength(3)

  const abort = new AbortController()
  async function* waiting() {
    yield poll(3)
    abort.abort(new Error('enough'))
    await new Promise(() => {})
  }
  await expect(polls.push(waiting(), { signal: abort.signal })).rejects.toThrow('enough')
  expect(await pollsOf(server)).toHaveLength(3)
})
