import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { runCli } from '../support/run-cli.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const polls = ['chicago-loop-01', 'chicago-loop-02', 'gone'].map((id) => `${id},active,2023-01-24 12:00 UTC`)
const suggestion =
  'there is no store "CHICAGO-loop-01": no imported file names it; did you mean chicago-loop-01 or chicago-loop-02?'

let server: TestServer
beforeAll(async () => {
  server = await runningServer()
  await server.upload(`store_id,status,timestamp_utc\n${polls.join('\n')}\n`)
})
afterAll(() => server[Symbol.asyncDispose]())

async function detailAt(path: string, method = 'GET'): Promise<string> {
  const answer = await fetch(`${server.url}${path}`, { method })
  expect(answer.status).toBe(404)
  return ((await answer.json()) as { detail: string }).detail
}

const dates = 'since=2023-01-23&until=2023-01-24'

test.each([
  ['GET', ''],
  ['GET', '/uptime'],
  ['GET', '/timeline'],
  ['GET', `/history?by=day&${dates}`],
  ['DELETE', '?reason=x'],
])('over REST, %s of a store that is not there names those that may be meant: %s', async (method, path) => {
  expect(await detailAt(`/stores/CHICAGO-loop-01${path}`, method)).toBe(suggestion)
})

test('so do outages, the client and the command line', async () => {
  expect(await detailAt(`/outages?${dates}&store_id=CHICAGO-loop-01`)).toBe(suggestion)
  const client = createStoreMonitorClient({ url: server.url })
  const missing = { code: 'not-found', message: suggestion }
  await expect(client.store.uptime.query({ storeId: 'CHICAGO-loop-01' })).rejects.toMatchObject(missing)
  const explained = await runCli(['explain', 'CHICAGO-loop-01', '--url', server.url])
  expect(explained).toMatchObject({ exitCode: 3, stderr: `store-monitor: ${suggestion}\n` })
})

test('nothing is suggested where no id is near; of a store that was deleted it is told when', async () => {
  expect(await detailAt('/stores/springfield')).toBe(
    'there is no store "springfield": no imported file names it',
  )
  await fetch(`${server.url}/stores/gone?reason=closed&by=Ann&confirm=1`, { method: 'DELETE' })
  for (const path of ['', '/timeline', '/uptime']) {
    expect(await detailAt(`/stores/gone${path}`)).toMatch(
      /^there is no store "gone": it was deleted at .* by Ann, as change 2 records$/,
    )
  }
})
