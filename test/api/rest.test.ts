import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'

const polls =
  'store_id,status,timestamp_utc\nb,active,2023-01-24 10:00:00 UTC\na,inactive,2023-01-24 11:00:00 UTC\n'
const unknownReport = '00000000-0000-4000-8000-000000000000'

let server: TestServer
let report: Record<string, unknown>

beforeAll(async () => {
  server = await runningServer()
  await server.upload(polls)
  report = await finishedReport(server.url)
})
afterAll(() => server[Symbol.asyncDispose]())

describe('a report is requested', () => {
  test.for([
    ['with no body', undefined],
    ['with an empty body', ''],
    ['with {}', '{}'],
    ['with options', '{"as_of":"2023-01-24T12:00:00Z","interpolation":"previous","reach":"90m"}'],
  ] as const)('%s', async ([, body]) => {
    const response = await fetch(`${server.url}/trigger_report`, { method: 'POST', body: body ?? null })
    expect(response.status).toBe(200)
    const { report_id: reportId } = (await response.json()) as { report_id: string }
    expect(reportId).toMatch(/^[0-9a-f-]{36}$/)
    expect(response.headers.get('location')).toBe(`${server.url}/get_report/${reportId}`)
  })

  test.for([
    ['text that is not JSON', '{"as_of":', /the body is not JSON/],
    ['an option that does not exist', '{"as_off":"2023-01-24T12:00:00Z"}', /as_off/],
    ['an instant that is none', '{"as_of":"yesterday"}', /as_of: "yesterday" is not an instant: write "2023/],
    [
      'a reach that is no duration',
      '{"reach":"a while"}',
      /reach: "a while" is not a duration: write a number and a unit/,
    ],
    ['a reach out of range', '{"reach":"8d"}', /reach: reach "8d" is out of range: 1m to 7d is allowed/],
    [
      'an unknown interpolation',
      '{"interpolation":"linear"}',
      /interpolation: "linear" is not allowed: write one of "nearest"\|"previous"/,
    ],
    ['a list', '[]', /expected object/],
  ] as const)('but %s is refused, saying what is wrong', async ([, body, detail]) => {
    const response = await fetch(`${server.url}/trigger_report`, { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: expect.stringMatching(detail) as string,
      error: 'Invalid request',
    })
  })

  test('but not on a database without polls', async () => {
    await using empty = await runningServer()
    const response = await fetch(`${empty.url}/trigger_report`, { method: 'POST' })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/no polls .* import/) as string,
    })
  })

  test('but not with a body that is far too large', async () => {
    const response = await fetch(`${server.url}/trigger_report`, {
      method: 'POST',
      body: ' '.repeat(1 << 20),
    })
    expect(response.status).toBe(413)
  })
})

describe('the state of a report', () => {
  test('is given for its id in the query and in the path, with the address of its file', async () => {
    const reportId = report['report_id'] as string
    expect(report).toMatchObject({
      status: 'Complete',
      as_of: '2023-01-24T11:00:00Z',
      interpolation: 'nearest',
      reach: '24h',
      progress: { stores_done: 2, stores_total: 2 },
      report_url: `${server.url}/reports/${reportId}.csv`,
    })
    const byQuery = await fetch(`${server.url}/get_report?report_id=${reportId}`)
    expect(await byQuery.json()).toEqual(report)
  })

  test.for([
    `/get_report/${unknownReport}`,
    `/get_report?report_id=${unknownReport}`,
    `/reports/${unknownReport}.csv`,
  ])('of an unknown id is not found: %s', async (path) => {
    const response = await fetch(server.url + path)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ status: 404, error: 'Report not found' })
  })

  test.for([
    'GET /get_report/1',
    'GET /get_report?report_id=x',
    'GET /get_report/%00',
    'GET /csv/get_report/1',
    'GET /reports/1',
    'GET /reports/1.csv',
    'GET /reports/1/events',
    'DELETE /reports/1',
  ])('of a malformed id is not found, as of any other that is not there: %s', async (request) => {
    const [method, path] = request.split(' ') as [string, string]
    const response = await fetch(server.url + path, { method })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: 'Report not found',
      detail: expect.stringMatching(/^there is no report ".": a report id is a UUID/) as string,
    })
  })

  test.for(['/get_report?report_id=', '/get_report', '/download_report'])(
    'is not given without an id: %s',
    async (path) => {
      const response = await fetch(server.url + path)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        error: 'Invalid request',
        detail: expect.stringMatching(/report_id is missing: write \?report_id=/) as string,
      })
    },
  )

  test('is the CSV itself for who accepts that', async () => {
    const { report_id: id, report_url: url } = report
    const csv = await (await fetch(url as string)).text()
    const accepting = await fetch(`${server.url}/get_report/${id as string}`, {
      headers: { accept: 'text/csv' },
    })
    expect(accepting.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(await accepting.text()).toBe(csv)
    const asking = await fetch(`${server.url}/get_report?report_id=${id as string}&format=csv`)
    expect(await asking.text()).toBe(csv)
  })
})

describe("a report's file", () => {
  const csv =
    'store_id,uptime_last_hour(in minutes),uptime_last_day(in hours),uptime_last_week(in hours),downtime_last_hour(in minutes),downtime_last_day(in hours),downtime_last_week(in hours)\n' +
    'a,0.00,0.00,0.00,60.00,24.00,24.00\n' +
    'b,60.00,24.00,25.00,0.00,0.00,0.00\n'

  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(report['report_url'] as string, { headers, method })

  test('is sent as an attachment with its length and a strong tag', async () => {
    const response = await get()
    expect(await response.text()).toBe(csv)
    expect(response.headers.get('content-length')).toBe(String(csv.length))
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="uptime-\d{4}-\d\d-\d\d\.csv"$/,
    )
    expect(response.headers.get('etag')).toMatch(/^"[^"]+"$/)

    const head = await get({}, 'HEAD')
    expect(head.headers.get('content-length')).toBe(String(csv.length))
    expect(await head.text()).toBe('')
  })

  test('is not sent again to who has it', async () => {
    const tag = (await get()).headers.get('etag')!
    expect((await get({ 'if-none-match': tag })).status).toBe(304)
    expect((await get({ 'if-none-match': `"other", ${tag}` })).status).toBe(304)
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)
  })

  test.for([
    ['bytes=0-7', 0, 8],
    ['bytes=170-190', 170, 191],
    ['bytes=200-', 200, csv.length],
    ['bytes=-5', csv.length - 5, csv.length],
    ['bytes=240-9999', 240, csv.length],
  ] as const)('is sent in part: %s', async ([range, start, end]) => {
    const response = await get({ range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${csv.length}`)
    expect(await response.text()).toBe(csv.slice(start, end))
  })

  test('is sent whole where the part asked for is of another version', async () => {
    const response = await get({ range: 'bytes=0-7', 'if-range': '"other"' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(csv)
  })

  test('has no part beyond its end', async () => {
    const response = await get({ range: `bytes=${csv.length}-` })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe(`bytes */${csv.length}`)
  })

  test('comes as JSON and as NDJSON with whole milliseconds', async () => {
    const url = report['report_url'] as string
    const json = (await (await fetch(url.replace('.csv', '.json'))).json()) as object[]
    expect(json).toHaveLength(2)
    expect(json[0]).toMatchObject({ storeId: 'a', downtimeLastHourMs: 3_600_000, uptimeLastWeekPercent: 0 })
    const lines = (await (await fetch(url.replace('.csv', '.ndjson'))).text()).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(json)
  })
})

test('what is not there is a problem that names it', async () => {
  const response = await fetch(`${server.url}/nowhere`)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ detail: 'there is nothing at GET /nowhere' })
})

test("one store's uptime comes at once, and is its row of a report", async () => {
  const [ofReport] = (await (
    await fetch(String(report['report_url']).replace('.csv', '.json'))
  ).json()) as object[]
  const row = async (query: string) => (await fetch(`${server.url}/stores/a/uptime${query}`)).json()
  expect(await row('')).toEqual(ofReport)
  expect(await row('?reach=1h')).toMatchObject({ downtimeLastWeekMs: 3_600_000 })
  expect(await row('?reach=99d')).toMatchObject({
    status: 400,
    detail: expect.stringContaining('reach "99d" is out of range') as unknown,
  })
})
