import { afterEach, beforeEach, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
beforeEach(async () => {
  const alerts = alertsSetting.parse({
    channels: [{ name: 'log', type: 'stdout' }],
    digests: [
      { name: 'soup', channel: 'log', group: 'chain=Soup', at: '06:30', zone: 'Europe/Berlin' },
      { name: 'weekly', channel: 'log', every: 'week' },
    ],
  })
  server = await runningServer({ alerts })
  const polls = Array.from(
    { length: 48 },
    (_, hour) =>
      `soup-1,${hour === 30 ? 'inactive' : 'active'},${new Date(Date.UTC(2023, 0, 23, hour)).toISOString()}`,
  )
  await server.upload(`store_id,status,timestamp_utc\n${polls.join('\n')}\n`)
  await server.upload('store_id,name,chain\nsoup-1,One,Soup\n')
  await server.upload('store_id,timezone_str\nsoup-1,UTC\n')
})
afterEach(() => server[Symbol.asyncDispose]())

async function get(path: string, method = 'GET'): Promise<{ status: number; body: unknown }> {
  const response = await fetch(server.url + path, { method })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

test('digests are listed by every door, with what is next', async () => {
  const next = { period: expect.any(String) as string, dueAt: expect.stringMatching(/Z$/) as string }
  const soup = { group: ['chain=Soup'], every: 'day', at: '06:30', zone: 'Europe/Berlin', last: null, next }
  const items = [
    { name: 'soup', channel: 'log', ...soup },
    { name: 'weekly', channel: 'log', group: [], every: 'week', at: '07:00', zone: 'UTC', last: null, next },
  ]
  expect(await get('/digests')).toEqual({ status: 200, body: { items } })
  const client = createStoreMonitorClient({ url: server.url })
  expect(await client.digest.list.query()).toEqual({ items })
})

test('one is previewed by every door, and nothing of that is kept', async () => {
  const client = createStoreMonitorClient({ url: server.url })
  const preview = await client.digest.preview.mutate({ name: 'soup', date: '2023-01-24' })
  expect(preview).toMatchObject({
    subject: 'soup 2023-01-24: 95.83 % uptime, −4.17 points',
    content: { from: '2023-01-24', to: '2023-01-24', asOf: '2023-01-25T05:30:00Z', isFeedLate: false },
  })
  expect(preview.text).toContain('Longest down:\n  One (soup-1): 1 h 00 min, 95.83 % uptime')
  expect(await get('/digests/soup/preview?date=2023-01-24')).toEqual({ status: 200, body: preview })
  expect(await get('/digests/soup/preview?date=2023-01-24', 'HEAD')).toEqual({ status: 200, body: null })
  const weekly = await client.digest.preview.mutate({ name: 'weekly', date: '2023-01-24' })
  expect(weekly.content).toMatchObject({
    period: '2023-W04',
    from: '2023-01-23',
    to: '2023-01-29',
    isFeedLate: true,
    figures: { stores: 1, uptimePercentBefore: 100 },
  })
  expect((await client.report.list.query({})).items).toEqual([])
  const { items } = await client.alert.outbox.query({})
  expect(items.map(({ kind }) => kind)).not.toContain('digest')
})

test('what cannot be previewed is refused with what to write', async () => {
  for (const [path, status] of [
    ['none/preview', 404],
    ['soup/preview?date=9999-01-01', 400],
  ] as const) {
    expect(await get(`/digests/${path}`, 'HEAD')).toEqual({ status, body: null })
  }
  expect(await get('/digests/none/preview')).toMatchObject({
    status: 404,
    body: { detail: 'there is no digest "none": there are soup, weekly' },
  })
  expect(await get('/digests/soup/preview?date=2023-02-30')).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('"2023-02-30" is not a date: write YYYY-MM-DD') as string },
  })
  expect(await get('/digests/soup/preview?date=9999-01-01')).toMatchObject({
    status: 400,
    body: {
      detail: expect.stringMatching(
        /^date "9999-01-01": the day 9999-01-01 is not over in Europe\/Berlin: write one up to \d{4}-/,
      ) as string,
    },
  })
})
