import { expect, test } from 'vitest'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'

async function metricsOf({ url }: TestServer): Promise<string> {
  const response = await fetch(`${url}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return response.text()
}

/** The value of a series, as it is written. */
function valueOf(text: string, series: string): string | undefined {
  return text
    .split('\n')
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1)
}

test('what happens is counted, and what there is measured', async () => {
  await using server = await runningServer()
  await server.upload(
    'store_id,status,timestamp_utc\n' +
      'a,active,2026-10-05 09:00:00 UTC\n' +
      'a,active,2026-10-05 09:00:00 UTC\n' +
      'b,shut,2026-10-05 09:00:00 UTC\n',
  )
  await finishedReport(server.url)
  await (await fetch(`${server.url}/nosuch`)).text()
  await (await fetch(`${server.url}/trpc/nosuch`)).text()
  await expect.poll(() => server.happened.filter(({ type }) => type === 'request').length).toBeGreaterThan(4)
  const text = await metricsOf(server)
  const latest = Date.UTC(2026, 9, 5, 9) / 1000
  const expected = {
    'store_monitor_http_requests_total{route="importFile",status="200"}': '1',
    'store_monitor_http_requests_total{route="none",status="404"}': '1',
    'store_monitor_http_requests_total{route="trpc.unknown",status="404"}': '1',
    'store_monitor_polls_total{outcome="changed",source="upload"}': '1',
    'store_monitor_polls_total{outcome="repeated",source="upload"}': '1',
    'store_monitor_polls_total{outcome="rejected",source="upload"}': '1',
    'store_monitor_imports_total{state="complete",source="upload"}': '1',
    'store_monitor_report_duration_seconds_count{state="complete"}': '1',
    'store_monitor_report_duration_seconds_count{state="failed"}': '0',
    'store_monitor_reports{state="waiting"}': '0',
    'store_monitor_threads{pool="reports"}': '1',
    store_monitor_database_up: '1',
    store_monitor_stores: '1',
    store_monitor_polls: '1',
    store_monitor_latest_poll_timestamp_seconds: String(latest),
  }
  for (const [series, value] of Object.entries(expected)) {
    expect({ [series]: valueOf(text, series) }).toEqual({ [series]: value })
  }
  expect(Number(valueOf(text, 'store_monitor_database_bytes'))).toBeGreaterThan(10_000)
})

test('without polls there is no age of the latest', async () => {
  await using server = await runningServer()
  expect(valueOf(await metricsOf(server), 'store_monitor_latest_poll_timestamp_seconds')).toMatch(/^nan$/i)
})

test('whatever callers write, there are no more series', async () => {
  await using server = await runningServer()
  const ask = async (i: number) => {
    for (const path of [
      `/p${i}`,
      `/stores/${i}`,
      `/trpc/x${i}`,
      `/trpc/x${i},y${i}?batch=1`,
      `/assets/${i}.js`,
    ]) {
      await (await fetch(server.url + path, { headers: { 'x-request-id': `id-${i}` } })).text()
    }
  }
  const seriesCount = async () =>
    (await metricsOf(server)).split('\n').filter((line) => line.startsWith('store_monitor_')).length
  await ask(0)
  await metricsOf(server)
  const before = await seriesCount()
  for (let i = 1; i < 10; i++) await ask(i)
  expect(await seriesCount()).toBe(before)
})

test('a stream of events is open as long as it is', async () => {
  await using server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n')
  const leaving = new AbortController()
  const response = await fetch(`${server.url}/events`, { signal: leaving.signal })
  await response.body!.getReader().read()
  const open = async () => valueOf(await metricsOf(server), 'store_monitor_event_streams')
  expect(await open()).toBe('1')
  leaving.abort()
  await expect.poll(open).toBe('0')
})
