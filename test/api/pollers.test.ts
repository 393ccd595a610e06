import { expect, test } from 'vitest'
import { pollerSetting } from '../../server/config-file/poller-setting.ts'
import { loopbackServer } from '../support/loopback-server.ts'
import { runningServer } from '../support/running-server.ts'
import { filledDatabase } from '../support/test-database.ts'
import { clientOf } from '../support/trpc-client.ts'

test('a server asks stores by turns; their polls are pushed, and listed over REST and tRPC', async () => {
  const asked = Promise.withResolvers<void>()
  await using platform = await loopbackServer((_, response) => {
    response.writeHead(404).end()
    asked.resolve()
  })
  const websites = pollerSetting.parse({
    name: 'websites',
    url: `${platform.url}/{store_id}`,
    rule: { status: { 200: 'active', 404: 'inactive' } },
    every: '10s',
    allowPrivate: true,
  })
  // Its turn comes within the interval, which is too long to wait for: as if it were asked every second.
  await using database = await filledDatabase(1)
  const pollers = [{ ...websites, every: 1000 }]
  await using server = await runningServer({ databaseUrl: database.url, pollers })
  await asked.promise
  const client = clientOf(server.url)
  const counted = async () => (await client.poller.list.query()).items[0]!
  await expect.poll(async () => (await counted()).inactive, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(await counted()).toMatchObject({ name: 'websites', isPolling: true, stores: 1, noAnswers: 0 })
  const rest = (await (await fetch(`${server.url}/pollers`)).json()) as { items: unknown[] }
  expect(rest.items).toMatchObject([{ name: 'websites', everyMs: 1000 }])
  expect(await client.poll.pushed.query()).toMatchObject({
    items: [{ source: 'poller:websites', rejected: 0 }],
  })
  expect(server.errors).toEqual([])
})

test('what would be taken is told over REST and tRPC', async () => {
  const setting = pollerSetting.parse({
    name: 'websites',
    url: 'https://example.org/{store_id}',
    rule: { text: { active: 'Order now' } },
  })
  await using server = await runningServer({ pollers: [setting] })
  const post = async (path: string, body: object) => {
    const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })
    return { status: response.status, body: await response.json() }
  }
  const asked = { storeId: 'a b', answer: 'Order now' }
  const tried = {
    storeId: 'a b',
    url: 'https://example.org/a%20b',
    status: 200,
    poll: 'active',
    reason: null,
  }
  expect(await post('/pollers/websites/try', asked)).toMatchObject({ status: 200, body: tried })
  expect(await clientOf(server.url).poller.try.mutate({ name: 'websites', ...asked })).toMatchObject(tried)
  expect(await post('/pollers/none/try', asked)).toMatchObject({ status: 404 })
  expect(await post('/pollers/websites/try', { answer: '' })).toMatchObject({
    status: 409,
    body: { detail: 'there is no store to ask: import stores, or name one' },
  })
  expect(await post('/pollers/websites/try', { ...asked, status: 99 })).toMatchObject({ status: 400 })
})
