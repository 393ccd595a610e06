import { readFile } from 'node:fs/promises'
import { zstdCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createStoreMonitorClient, type PushResult } from '../../client/index.ts'
import type { PushablePoll } from '../../client/push-polls.ts'
import { connect } from '../../server/database/connect.ts'
import { storedPolls } from '../support/import-scene.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'
import { clientOf } from '../support/trpc-client.ts'

const noonMs = Date.parse('2026-10-05T12:00:00Z')
const at = (minute: number) => new Date(noonMs + minute * 60_000).toISOString()
const header = 'store_id,status,timestamp_utc'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: PushResult & { readonly detail: string }
}

async function push(
  { url }: Pick<TestServer, 'url'>,
  body: string | Uint8Array | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const init = { method: 'POST', body: body as string, headers, duplex: 'half' } satisfies RequestInit & {
    duplex: string
  }
  const response = await fetch(`${url}/polls`, init)
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answer['body'],
  }
}

async function pollsOf({ databaseUrl }: TestServer): Promise<string[]> {
  await using db = await connect(databaseUrl, { readOnly: true })
  return await storedPolls(db)
}

const item = (store_id: string, status: string, minute: number) => ({
  store_id,
  status,
  timestamp_utc: at(minute),
})

describe('POST /polls', () => {
  const items = [item('a', 'active', 0), item('b', 'inactive', 1)]
  const lines = items.map((one) => `${JSON.stringify(one)}\n`).join('')
  const csv = `${header}\n${items.map((one) => Object.values(one).join(',')).join('\n')}\n`

  test.each([
    ['an array', JSON.stringify(items), { 'content-type': 'application/json' }],
    ['an array that nobody says is one', JSON.stringify(items), {}],
    ['lines of JSON', lines, { 'content-type': 'application/x-ndjson; charset=utf-8' }],
    ['lines of JSON that nobody says are', lines, {}],
    ['CSV', csv, { 'content-type': 'text/csv' }],
    ['CSV as curl sends it', csv, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['gzip', gzipSync(csv), { 'content-encoding': 'gzip' }],
    ['zstd', zstdCompressSync(lines), { 'content-encoding': 'zstd' }],
    [
      "this API's own names of fields",
      JSON.stringify(
        items.map(({ store_id: storeId, status, timestamp_utc: timestampUtc }) => ({
          storeId,
          status,
          timestampUtc,
        })),
      ),
      {},
    ],
  ])('takes %s', async (_, body, headers) => {
    await using server = await runningServer()
    const { status, body: answer } = await push(server, body, headers)
    expect(status).toBe(200)
    expect(answer).toEqual({
      accepted: 2,
      changed: 2,
      repeated: 0,
      rejected: 0,
      rejections: [],
      firstPollAt: '2026-10-05T12:00:00Z',
      lastPollAt: '2026-10-05T12:01:00Z',
    })
    expect(await pollsOf(server)).toEqual([
      'a active 2026-10-05T12:00:00Z',
      'b inactive 2026-10-05T12:01:00Z',
    ])
  })

  test('takes what keeps the rules, and tells which rows do not, and why', async () => {
    await using server = await runningServer()
    const odd = [
      item('a', 'closed', 0),
      item('a', 'active', 1),
      item('no id', 'active', 2),
      { store_id: 'a', status: 'active' },
      { ...item('a', 'active', 0), store_id: 2 ** 60 },
      { ...item('a', 'active', 0), status: { is: 'active' } },
      17,
      { ...item('a', 'active', 0), timestamp_utc: '2199-01-01T00:00:00Z' },
    ]
    const { status, body } = await push(server, JSON.stringify(odd))
    expect(status).toBe(200)
    expect(body).toMatchObject({ accepted: 1, changed: 1, rejected: 7 })
    expect(body.rejections.map(({ row, reason }) => `${row}: ${reason}`)).toEqual([
      '1: status "closed" is neither active nor inactive',
      expect.stringMatching(/^3: store_id "no id" is not 1 to 128 letters/),
      '4: timestamp_utc is missing',
      '5: store_id is the number 1152921504606847000, which has lost digits: send it as a text',
      '6: status is "{"is":"active"}", and not a text',
      '7: a poll is an object with store_id, status, timestamp_utc, not "17"',
      expect.stringMatching(/^8: timestamp_utc "2199-.* is more than 24 hours after now/),
    ])
    expect(await pollsOf(server)).toEqual(['a active 2026-10-05T12:01:00Z'])
  })

  test('counts what is repeated, and what a later poll of the same push overrides', async () => {
    await using server = await runningServer()
    const first = [item('a', 'active', 0), item('a', 'inactive', 0), item('a', 'active', 1)]
    expect((await push(server, JSON.stringify(first))).body).toMatchObject({
      accepted: 3,
      changed: 2,
      repeated: 1,
    })
    const again = [item('a', 'inactive', 0), item('a', 'inactive', 1), item('b', 'active', 1)]
    expect((await push(server, JSON.stringify(again))).body).toMatchObject({
      accepted: 3,
      changed: 2,
      repeated: 1,
      firstPollAt: '2026-10-05T12:01:00Z',
    })
    expect(await pollsOf(server)).toEqual([
      'a inactive 2026-10-05T12:00:00Z',
      'a inactive 2026-10-05T12:01:00Z',
      'b active 2026-10-05T12:01:00Z',
    ])
  })

  test.each([
    ['', 400, /^the body is empty/],
    [' \n', 400, /^the body is empty/],
    ['[]', 400, /^the body has no polls/],
    ['[{"store_id":', 400, /^the body is not JSON/],
    ['%PDF-1.7\n', 400, /^the body is a PDF: import the table that it was made from/],
    ['hello', 400, /^the body is of no known kind: its first line is "hello"/],
    [
      'store_id,timezone_str\na,UTC\n',
      400,
      /^the body has timezones, and only polls are pushed: send other files to POST \/imports/,
    ],
    [
      `${header}\na,shut,2026\nb,shut,2026\n`,
      422,
      /^none of the 2 polls can be taken: in row 2, status "shut"/,
    ],
    ['x'.repeat(1_100_000), 400, /^the body has a line of more than 1 MiB/],
    ['\n'.repeat(3_000_000), 400, /begins with as many blank ones/],
    [`[${'1'.repeat(17 * 1024 * 1024)}]`, 413, /^an array of polls has at most 16 MiB/],
  ])('answers the bad body %#', async (body, status, detail) => {
    await using server = await runningServer()
    const answer = await push(server, body)
    expect(answer.status).toBe(status)
    expect(answer.body.detail).toMatch(detail)
    expect(server.errors).toEqual([])
  })

  test('names a packing that it does not know, or that is damaged', async () => {
    await using server = await runningServer()
    expect((await push(server, csv, { 'content-encoding': 'br' })).body.detail).toBe(
      'the Content-Encoding "br" is not taken: gzip and zstd are',
    )
    for (const packing of ['gzip', 'zstd']) {
      const answer = await push(server, csv, { 'content-encoding': packing })
      expect([answer.status, answer.body.detail]).toEqual([
        400,
        expect.stringMatching(`^the body is a damaged ${packing} file: `),
      ])
    }
    const blank = gzipSync(Buffer.concat([Buffer.from(csv), Buffer.alloc(64 * 1024 * 1024, '\n')]))
    expect((await push(server, blank, { 'content-encoding': 'gzip' })).status).toBe(413)
  })

  test('answers a push with the same key as the first time, and refuses other polls with it', async () => {
    await using server = await runningServer()
    const key = { 'idempotency-key': 'batch-7' }
    const first = await push(server, JSON.stringify([item('a', 'active', 0)]), key)
    expect(first.body).toMatchObject({ accepted: 1, changed: 1 })
    expect((await push(server, JSON.stringify([item('a', 'active', 0)]), key)).body).toEqual(first.body)
    const other = await push(server, JSON.stringify([item('a', 'active', 1)]), key)
    expect([other.status, other.body.detail]).toEqual([
      409,
      'the key "batch-7" was given to a push of other polls: give each push a key of its own',
    ])
    expect((await push(server, csv, { 'idempotency-key': 'a key' })).status).toBe(400)
    expect(await pollsOf(server)).toHaveLength(1)
  })

  test.each(['csv', 'ndjson'] as const)(
    'takes %s of any length, whose rows it numbers through',
    async (format) => {
      await using server = await runningServer()
      const count = 60_000
      const rows = Array.from({ length: count }, (_, i) =>
        item(`s${i % 50}`, i === 50_000 ? 'shut' : 'active', i),
      )
      const body =
        format === 'csv'
          ? `${header}\n${rows.map((row) => Object.values(row).join(',')).join('\n')}`
          : rows.map((row) => JSON.stringify(row)).join('\n')
      const { body: answer } = await push(server, body)
      expect(answer).toMatchObject({
        accepted: count - 1,
        changed: count - 1,
        rejected: 1,
        firstPollAt: at(0).replace('.000', ''),
      })
      expect(answer.rejections[0]!.row).toBe(50_001 + (format === 'csv' ? 1 : 0))
      expect(await pollsOf(server)).toHaveLength(count - 1)
      const again = await push(server, body, { 'idempotency-key': 'long' })
      expect([again.status, again.body.detail]).toEqual([
        413,
        expect.stringMatching(/^a push with a key has at most/),
      ])
    },
  )

  test('takes CSV of any length whose header is behind other lines', async () => {
    await using server = await runningServer()
    const rows = Array.from({ length: 40_000 }, (_, i) => `s${i % 50};active;${at(i)}`)
    const body = `\uFEFFsep=;\n\n${header.replaceAll(',', ';')}\n${rows.join('\n')}\na;shut;${at(0)}\n`
    const { status, body: answer } = await push(server, body)
    expect([status, answer.accepted, answer.rejected]).toEqual([200, 40_000, 1])
    expect(answer.rejections[0]!.row).toBe(40_004)
  })

  test('takes a poll that is written over several lines', async () => {
    await using server = await runningServer()
    const { body } = await push(server, JSON.stringify(item('a', 'active', 0), null, 2))
    expect(body).toMatchObject({ accepted: 1, changed: 1, rejected: 0 })
  })

  test('says how much was written of a packed body that is cut', async () => {
    await using server = await runningServer()
    const rows = Array.from({ length: 90_000 }, (_, i) => `s${i % 50},active,${at(i)}`)
    const packed = gzipSync(`${header}\n${rows.join('\n')}\n`)
    const answer = await push(server, packed.subarray(0, -1000), { 'content-encoding': 'gzip' })
    expect(answer.status).toBe(400)
    const [, written] = /unexpected end of file \((\d+) polls were written before\)$/.exec(
      answer.body.detail,
    )!
    expect(Number(written)).toBeGreaterThan(0)
    expect(await pollsOf(server)).toHaveLength(Number(written))
  })

  test('keeps what was written of a body that breaks off', async () => {
    await using server = await runningServer()
    async function* brokenOff() {
      yield Buffer.from(`${header}\n`)
      for (let i = 0; i < 60_000; i++) yield Buffer.from(`a,active,${at(i)}\n`)
      while ((await pollsOf(server)).length === 0) await new Promise(setImmediate)
      throw new Error('the line is cut')
    }
    await expect(push(server, ReadableStream.from(brokenOff()))).rejects.toThrow('fetch failed')
    expect((await push(server, `${header}\nb,active,${at(0)}\n`)).status).toBe(200)
    const polls = (await pollsOf(server)).filter((poll) => poll.startsWith('a '))
    expect(polls.length).toBeGreaterThan(1000)
    expect(polls.length).toBeLessThanOrEqual(60_000)
    expect(server.errors).toEqual([])
  })

  test('of many at once, each is told what it changed, and nothing is lost', async () => {
    await using server = await runningServer()
    const pushes = Array.from({ length: 60 }, (_, i) =>
      // Each says one thing alone, and one that others say, too.
      push(server, JSON.stringify([item('a', 'active', i), item('b', 'active', i % 7)])),
    )
    const answers = await Promise.all(pushes)
    const changed = answers.reduce((sum, { body }) => sum + body.changed, 0)
    expect(changed).toBe(60 + 7)
    expect(answers.every(({ body }) => body.accepted === 2 && body.changed >= 1)).toBe(true)
    expect(await pollsOf(server)).toHaveLength(67)
  })

  test('is seen at once by health, news, uptime and reports, and imports of the same change nothing', async () => {
    await using server = await runningServer()
    const client = createStoreMonitorClient(server)
    await push(server, JSON.stringify([item('a', 'active', 0)]))
    const before = await client.report.ensure.mutate({})
    await push(server, JSON.stringify([item('a', 'inactive', 30)]))
    expect(await client.health.query()).toMatchObject({
      database: { polls: 2, latestPollAt: '2026-10-05T12:30:00Z' },
    })
    const uptime = await client.store.uptime.query({ storeId: 'a' })
    expect(uptime).toMatchObject({ uptimeLastHourMs: 45 * 60_000, downtimeLastHourMs: 15 * 60_000 })
    const after = await client.report.ensure.mutate({ asOf: before.asOf })
    expect(after.reportId).not.toBe(before.reportId)
    const record = await server.upload(
      `${header}\na,active,${at(0)}\na,inactive,${at(30)}\na,active,${at(31)}\n`,
    )
    expect(record).toMatchObject({ rowsAccepted: 3, rowsChanged: 1, rowsRepeated: 2 })
  })
})

test(
  'polls that are pushed in any order, some at a time, make the same report as a file of them',
  { timeout: 120_000 },
  async () => {
    await using pushed = await runningServer()
    await using imported = await runningServer()
    const folder = 'examples/chain'
    for (const server of [pushed, imported]) {
      for (const file of ['timezones.csv', 'business_hours.csv']) await server.uploadFile(`${folder}/${file}`)
    }
    await imported.uploadFile(`${folder}/store_status.csv`)
    const [head, ...lines] = (await readFile(`${folder}/store_status.csv`, 'utf8')).trimEnd().split('\n')
    const shuffled = lines
      .map((text) => ({ text, order: hashOf(text.replace(/,(?:in)?active,/, '')) }))
      // Of a store and instant that come twice, the later one stays behind.
      .sort((a, b) => a.order - b.order)
      .map(({ text }) => text)
    const sizes = [1, 7, 2500, 30, 1, 400]
    for (let start = 0, i = 0; start < shuffled.length; start += sizes[i++ % sizes.length]!) {
      const some = shuffled.slice(start, start + sizes[i % sizes.length]!)
      // Of some, all are bad.
      expect([200, 422]).toContain((await push(pushed, [head, ...some].join('\n'))).status)
    }
    const [ofPushed, ofImported] = await Promise.all([pushed, imported].map(reportOf))
    expect(ofPushed).toBe(ofImported)
    expect(await pollsOf(pushed)).toEqual(await pollsOf(imported))
  },
)

function hashOf(text: string): number {
  let hash = 0
  for (const character of text) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) >>> 0
  return hash
}

async function reportOf({ url }: TestServer): Promise<string> {
  const { report_id: reportId } = await finishedReport(url)
  return (await fetch(`${url}/reports/${String(reportId)}.csv?columns=all`)).text()
}

test('what is pushed is counted by hour and source, and told where a report comes out otherwise', async () => {
  await using server = await runningServer()
  const client = createStoreMonitorClient(server)
  await push(server, JSON.stringify([item('a', 'active', 0), item('a', 'shut', 1)]))
  const { report_id: reportId } = await finishedReport(server.url)
  const { pushed } = client.poll
  await client.polls.push([{ storeId: 'a', status: 'inactive', timestampUtc: at(0) }], { source: 'poller-1' })
  await push(server, JSON.stringify([item('a', 'inactive', 0)]))
  const { items } = await pushed.query({})
  expect(items).toMatchObject([
    { source: 'poller-1', pushes: 1, accepted: 1, changed: 1, rejected: 0 },
    { source: 'push', pushes: 2, accepted: 2, changed: 1, rejected: 1 },
  ])
  const first = await pushed.query({ limit: 1 })
  expect(await pushed.query({ limit: 1, cursor: first.nextCursor! })).toEqual({
    items: items.slice(1),
    nextCursor: null,
  })
  await expect(pushed.query({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid' })
  const { likely, storesDiffering } = await client.report.verify.query({
    reportId: String(reportId),
    stores: 'all',
  })
  expect(storesDiffering).toBe(1)
  expect(likely[0]).toMatch(
    /^1 poll pushed by poller-1 from 20\d\d-.*T\d\d:00Z on \("store-monitor pushed" lists/,
  )
})

test('poll.ingest answers as POST /polls does', async () => {
  await using server = await runningServer()
  const client = clientOf(server.url)
  const polls = [
    { storeId: 'a', status: 'active', timestampUtc: at(0) },
    { storeId: 'a', status: 'shut', timestampUtc: at(1) },
  ]
  const answer = await client.poll.ingest.mutate({ polls, key: 'k' })
  expect(answer).toMatchObject({ accepted: 1, changed: 1, rejected: 1, rejections: [{ row: 2 }] })
  expect(await client.poll.ingest.mutate({ polls, key: 'k' })).toEqual(answer)
  await expect(client.poll.ingest.mutate({ polls: polls.slice(1) })).rejects.toMatchObject({
    data: { code: 'UNPROCESSABLE_CONTENT' },
  })
})

describe('client.polls', () => {
  async function* ticking(count: number): AsyncGenerator<PushablePoll> {
    for (let i = 0; i < count; i++) {
      yield {
        storeId: `s${i % 3}`,
        status: i === 1500 ? ('shut' as 'active') : 'active',
        timestampUtc: new Date(noonMs + i),
      }
    }
  }

  test('push sends polls in batches, and adds up what became of them', async () => {
    await using server = await runningServer()
    const client = createStoreMonitorClient(server)
    const told: number[] = []
    const result = await client.polls.push(ticking(2500), {
      onProgress: ({ accepted }) => told.push(accepted),
    })
    expect(result).toMatchObject({ accepted: 2499, changed: 2499, rejected: 1 })
    expect(result.rejections).toEqual([{ row: 1501, reason: 'status "shut" is neither active nor inactive' }])
    expect(told).toEqual([1000, 1999, 2499])
    expect(result.lastPollAt).toBe('2026-10-05T12:00:02.499Z')
  })

  test('push sends a batch again whose answer was lost, which changes nothing', async () => {
    await using server = await runningServer()
    let calls = 0
    const client = createStoreMonitorClient({
      url: server.url,
      async fetch(input, init) {
        const response = await fetch(input, init)
        if (++calls > 1) return response
        await response.arrayBuffer()
        throw new TypeError('fetch failed')
      },
    })
    const polls = [{ storeId: 'a', status: 'active', timestampUtc: at(0) }] as const
    expect(await client.polls.push(polls)).toMatchObject({ accepted: 1, changed: 1, repeated: 0 })
    expect(calls).toBe(2)
  })

  test('push ends where the server will not take it', async () => {
    await using server = await runningServer()
    const client = createStoreMonitorClient({ url: `${server.url}/nowhere` })
    const polls = [{ storeId: 'a', status: 'active', timestampUtc: at(0) }] as const
    await expect(client.polls.push(polls)).rejects.toMatchObject({ code: 'not-found' })
  })
})
