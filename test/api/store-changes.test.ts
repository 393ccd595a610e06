import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../client/index.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'

const at = '2023-01-24 12:00:00 UTC'
const polls = `store_id,status,timestamp_utc\ns1,inactive,${at}\ns2,inactive,${at}\n`

let server: TestServer
let client: StoreMonitorClient

beforeAll(async () => {
  server = await runningServer()
  client = createStoreMonitorClient({ url: server.url })
  await server.upload(polls)
})
afterAll(() => server[Symbol.asyncDispose]())

const weekly = (start: string, end: string) => ({ day: 1, start, end })

describe('the rules of a store are set', () => {
  test('as hours: from an instant on, or in place of all', async () => {
    const set = client.store.setBusinessHours
    await set.mutate({ storeId: 'h', spans: [weekly('9:00', '5:30 PM')] })
    const store = await set.mutate({
      storeId: 'h',
      spans: [weekly('10:00', '24:00'), weekly('08:00:30', '09:00')],
      validFrom: '2023-01-01 00:00 UTC',
    })
    expect(store.businessHoursVersions).toEqual([
      { validFrom: null, spans: [weekly('09:00:00', '17:30:00')] },
      {
        validFrom: '2023-01-01T00:00:00Z',
        spans: [weekly('08:00:30', '09:00:00'), weekly('10:00:00', '24:00:00')],
      },
    ])
    await set.mutate({ storeId: 'h', spans: [weekly('11:00', '12:00')] })
    expect((await client.store.get.query({ storeId: 'h' })).businessHoursVersions).toHaveLength(1)
  })

  test('as a zone', async () => {
    const set = client.store.setTimezone
    await set.mutate({ storeId: 'z', timezone: 'europe/berlin' })
    expect(
      await set.mutate({ storeId: 'z', timezone: 'UTC', validFrom: '2023-01-01T00:00:00Z' }),
    ).toMatchObject({
      timezoneVersions: [
        { validFrom: null, timezone: 'Europe/Berlin' },
        { validFrom: '2023-01-01T00:00:00Z', timezone: 'UTC' },
      ],
    })
  })

  test('as special hours of dates', async () => {
    const set = client.store.setSpecialHours
    await set.mutate({ storeId: 'd', days: [{ date: '2022-12-25', spans: [] }] })
    const open = { date: '2022-12-31', spans: [{ start: '09:00', end: '12:00' }] }
    expect(await set.mutate({ storeId: 'd', days: [open] })).toMatchObject({
      specialHours: [
        { date: '2022-12-25', spans: [] },
        { date: '2022-12-31', spans: [{ start: '09:00:00', end: '12:00:00' }] },
      ],
    })
  })

  test('as a name and labels, of which those that are left out stay', async () => {
    const set = client.store.setDetails
    await set.mutate({ storeId: 'n', name: ' Mitte ', labels: { City: 'Berlin', 'delivery platform': 'x' } })
    expect(await set.mutate({ storeId: 'n', labels: { city: '', chain: 'Soup' } })).toMatchObject({
      name: 'Mitte',
      labels: { delivery_platform: 'x', chain: 'Soup' },
    })
    expect(await set.mutate({ storeId: 'n', name: null })).toMatchObject({ name: null })
  })

  test.each([
    [
      'a weekday',
      () => hoursOf([{ day: 7, start: '09:00', end: '10:00' }]),
      /spans\.0\.day: 7 is no day: write 0 to 6/,
    ],
    [
      'a start',
      () => hoursOf([weekly('24:00', '10:00')]),
      /spans\.0\.start: "24:00" is not a local time: write/,
    ],
    ['an end', () => hoursOf([weekly('09:00', '13:00 PM')]), /spans\.0\.end: "13:00 PM" is not a local time/],
    [
      'no hours',
      () => hoursOf([]),
      /spans: a store has at least one span: for one that is always open, write/,
    ],
    [
      'an instant',
      () => client.store.setTimezone.mutate({ storeId: 'x', timezone: 'UTC', validFrom: 'soon' }),
      /validFrom: "soon" is not an instant: write/,
    ],
    [
      'a zone',
      () => client.store.setTimezone.mutate({ storeId: 'x', timezone: 'Mars/Olympus' }),
      /timezone: "Mars\/Olympus" is not an IANA time zone: write one such as/,
    ],
    ['a date', () => daysOf('2022-02-30'), /days\.0\.date: "2022-02-30" is not a date: write YYYY-MM-DD/],
    [
      'a date that is there twice',
      () => daysOf('2022-12-24', '2022-12-24'),
      /2022-12-24 is there more than once/,
    ],
    [
      'a label',
      () => client.store.setDetails.mutate({ storeId: 'x', labels: { 'a=b': 'c' } }),
      /labels: "a=b" is not a label: write/,
    ],
    [
      'a name',
      () => client.store.setDetails.mutate({ storeId: 'x', name: 'a\0' }),
      /name: "a\0" has control characters in it: leave them out/,
    ],
    [
      'a store',
      () => client.store.setDetails.mutate({ storeId: 'a b' }),
      /storeId: ".*" is no store id: one is 1 to 128 letters/,
    ],
  ])('%s that is wrong is refused', async (_, change, message) => {
    await expect(change()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(message) as unknown,
    })
    await expect(client.store.get.query({ storeId: 'x' })).rejects.toMatchObject({ code: 'not-found' })
  })

  function hoursOf(spans: { day: number; start: string; end: string }[]) {
    return client.store.setBusinessHours.mutate({ storeId: 'x', spans })
  }

  function daysOf(...dates: string[]) {
    return client.store.setSpecialHours.mutate({
      storeId: 'x',
      days: dates.map((date) => ({ date, spans: [] })),
    })
  }
})

describe('a correction', () => {
  const flood = {
    storeId: 's1',
    from: '2023-01-24T11:00:00Z',
    to: '2023-01-24 12:00 UTC',
    kind: 'excused',
    reason: 'flood',
  } as const

  test('is created once, counts, and counts no more once it is revoked', async () => {
    const { create, revoke, list } = client.correction
    const created = await create.mutate({ ...flood, author: 'Ann' })
    expect(created).toMatchObject({
      ...flood,
      to: '2023-01-24T12:00:00Z',
      author: 'Ann',
      revokedAt: null,
      revokedBy: null,
    })
    expect(await create.mutate(flood)).toEqual(created)
    expect(await lastHour()).toMatchObject({ downtime: 0, excused: 3_600_000 })

    const { correctionId } = created
    const revoked = await revoke.mutate({ correctionId, by: 'Bob' })
    expect(revoked).toMatchObject({ correctionId, revokedAt: expect.any(String) as string, revokedBy: 'Bob' })
    expect(await revoke.mutate({ correctionId, by: 'Cy' })).toEqual(revoked)
    expect(await lastHour()).toMatchObject({ downtime: 3_600_000, excused: 0 })

    const again = await create.mutate(flood)
    expect(again.correctionId).toBeGreaterThan(correctionId)
    expect((await list.query({ storeId: 's1' })).items).toEqual([again, revoked])
    expect((await list.query({ storeId: 's1', state: 'in-force' })).items).toEqual([again])
    const first = await list.query({ storeId: 's1', limit: 1 })
    expect(first.items).toEqual([again])
    expect((await list.query({ storeId: 's1', limit: 1, cursor: first.nextCursor! })).items).toEqual([
      revoked,
    ])
    expect((await list.query({ storeId: 's2' })).items).toEqual([])
  })

  /** Of the report of s1. */
  async function lastHour(): Promise<{ downtime: unknown; excused: unknown }> {
    const { report_id: reportId } = await finishedReport(server.url)
    const { items } = await client.report.rows.query({ reportId: String(reportId) })
    const row = items.find(({ storeId }) => storeId === 's1')!
    return { downtime: row.downtimeLastHourMs, excused: row.excusedLastHourMs }
  }

  test.each([
    ['from', { from: 'soon' }, 'invalid', /from: "soon" is not an instant: write/],
    [
      'range',
      { to: flood.from },
      'invalid',
      /from: 2023-01-24T11:00:00.000Z is not before to, 2023-01-24T11:00/,
    ],
    ['reason', { reason: ' ' }, 'invalid', /reason: it is empty: say why/],
    ['kind', { kind: 'shut' as 'closed' }, 'invalid', /kind: .*"closed"\|"excused"\|"wrong-data"/],
    ['store', { storeId: 'nowhere' }, 'not-found', /there is no store "nowhere"/],
  ])('of which the %s is wrong is refused', async (_, wrong, code, message) => {
    await expect(client.correction.create.mutate({ ...flood, ...wrong })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    })
  })

  test('that was revoked stays so when its file is imported once more', async () => {
    const file = 'store_id,from_utc,to_utc,kind,reason\ns2,2023-01-24 09:00,2023-01-24 10:00,closed,fire\n'
    expect(await server.upload(file)).toMatchObject({ rowsChanged: 1 })
    const ofStore = { storeId: 's2', state: 'in-force' } as const
    const [fire] = (await client.correction.list.query(ofStore)).items
    await client.correction.revoke.mutate({ correctionId: fire!.correctionId })
    expect(await server.upload(file)).toMatchObject({ rowsChanged: 0, rowsRepeated: 1 })
    expect((await client.correction.list.query(ofStore)).items).toEqual([])
  })

  test('that is not there cannot be revoked', async () => {
    await expect(client.correction.revoke.mutate({ correctionId: 4711 })).rejects.toMatchObject({
      code: 'not-found',
      message: 'there is no correction 4711',
    })
  })

  test('is not looked for behind a wrong cursor', async () => {
    await expect(client.correction.list.query({ cursor: 'x' })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('"x" is not a cursor of a list of corrections') as unknown,
    })
  })
})

describe('over REST', () => {
  async function call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }

  test('rules and details are set, and the store is answered', async () => {
    const spans = [weekly('9:00', '17:00')]
    await call('PUT', '/stores/r1/business-hours', { spans })
    await call('PUT', '/stores/r1/business-hours', { spans, validFrom: '2023-01-01T00:00Z' })
    await call('PUT', '/stores/r1/timezone', { timezone: 'Asia/Tokyo' })
    await call('PUT', '/stores/r1/special-hours', { days: [{ date: '2022-12-25', spans: [] }] })
    const { status, body } = await call('PUT', '/stores/r1/details', { name: 'R', labels: { city: 'Bonn' } })
    expect(status).toBe(200)
    const written = [weekly('09:00:00', '17:00:00')]
    expect(body).toEqual({
      storeId: 'r1',
      name: 'R',
      labels: { city: 'Bonn' },
      timezone: 'Asia/Tokyo',
      businessHours: written,
      timezoneVersions: [{ validFrom: null, timezone: 'Asia/Tokyo' }],
      businessHoursVersions: [
        { validFrom: null, spans: written },
        { validFrom: '2023-01-01T00:00:00Z', spans: written },
      ],
      specialHours: [{ date: '2022-12-25', spans: [] }],
    })
    expect(await call('GET', '/stores/r1')).toEqual({ status: 200, body })
    expect(await call('GET', '/stores?search=r1')).toEqual({
      status: 200,
      body: { items: [body], nextCursor: null },
    })
  })

  test('corrections are made, listed and revoked', async () => {
    const given = {
      storeId: 's2',
      from: '2023-01-20T00:00:00Z',
      to: '2023-01-21T00:00:00Z',
      kind: 'closed',
      reason: 'Umbau',
      author: 'Ann',
    }
    const created = await call('POST', '/corrections', given)
    expect(created).toMatchObject({ status: 200, body: { ...given, revokedAt: null, revokedBy: null } })
    const { correctionId } = created.body as { correctionId: number }
    expect(await call('GET', '/corrections?store_id=s2&state=in-force')).toEqual({
      status: 200,
      body: { items: [created.body], nextCursor: null },
    })
    expect(await call('DELETE', `/corrections/${correctionId}?by=Bob`)).toMatchObject({
      status: 200,
      body: { correctionId, revokedBy: 'Bob' },
    })
    expect(await call('GET', '/corrections?store_id=s2&state=in-force')).toMatchObject({
      body: { items: [] },
    })
  })

  test.each([
    [
      'PUT',
      '/stores/a%20b/timezone',
      { timezone: 'UTC' },
      400,
      /store_id: "a b" is no store id: one is 1 to 128/,
    ],
    [
      'PUT',
      '/stores/r2/timezone',
      { timezone: 'Mars/Olympus' },
      400,
      /"Mars\/Olympus" is not an IANA time zone/,
    ],
    ['PUT', '/stores/r2/timezone', undefined, 400, /expected object/],
    ['PUT', '/stores/r2/business-hours', { spans: [], valid: 1 }, 400, /spans: .*"valid"/],
    ['GET', '/stores/r2', undefined, 404, /there is no store "r2"/],
    ['GET', '/corrections?state=some', undefined, 400, /state: /],
    ['POST', '/corrections', { storeId: 's2' }, 400, /from: .*to: .*kind: .*reason: /],
    ['DELETE', '/corrections/0', undefined, 400, /correction_id: a correction is known by its number/],
    ['DELETE', '/corrections/4711', undefined, 404, /there is no correction 4711/],
  ])('%s %s is refused', async (method, path, body, status, detail) => {
    expect(await call(method, path, body)).toMatchObject({
      status,
      body: { status, detail: expect.stringMatching(detail) as unknown },
    })
  })

  test('a page of another origin changes nothing', async () => {
    const response = await fetch(`${server.url}/stores/r2/timezone`, {
      method: 'PUT',
      headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' },
      body: '{"timezone":"UTC"}',
    })
    expect(response.status).toBe(403)
  })
})
