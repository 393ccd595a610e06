import { expect, test } from 'vitest'
import { sourceSetting } from '../../server/config-file/source-setting.ts'
import { loopbackServer } from '../support/loopback-server.ts'
import { pulledBefore } from '../support/pulled-before.ts'
import { runningServer } from '../support/running-server.ts'
import { testDatabase } from '../support/test-database.ts'
import { clientOf } from '../support/trpc-client.ts'

const csv = 'store_id,status,timestamp_utc\na,active,2026-10-05T09:00:00Z\n'

/** A source whose schedule never comes in a test. */
function never(name: string, url: string) {
  return sourceSetting.parse({ name, url, schedule: '0 0 0 1 1 * 2099', allowPrivate: true })
}

async function scene() {
  await using parts = new AsyncDisposableStack()
  const platform = parts.use(await loopbackServer((_, response) => response.end(csv)))
  const database = parts.use(await testDatabase())
  await pulledBefore(database.url, 'platform')
  const sources = [never('platform', platform.url)]
  const server = parts.use(await runningServer({ databaseUrl: database.url, sources }))
  const owned = parts.move()
  const post = async (path: string, body: object = {}) => {
    const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return { platform, server, post, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

test('a source is pulled over REST, and seen there and in the list of imports', async () => {
  await using own = await scene()
  const { server, post } = own
  const pulled = await post('/sources/platform/pull', { again: true })
  expect(pulled).toMatchObject({
    status: 200,
    body: { outcome: 'imported', source: { name: 'platform' }, import: { source: 'source:platform' } },
  })
  const { items } = (await (await fetch(`${server.url}/sources`)).json()) as { items: unknown[] }
  expect(items).toMatchObject([{ name: 'platform', lastOutcome: 'imported', zone: 'UTC' }])
  expect(await clientOf(server.url).source.list.query()).toEqual({ items })
  const { items: imports } = await clientOf(server.url).import.list.query()
  expect(imports[0]).toMatchObject({ source: 'source:platform', state: 'complete' })
})

test('what would be taken is told over REST and tRPC', async () => {
  await using own = await scene()
  const { platform, server, post } = own
  const answer = 'store_id,status,timestamp_utc\nb,closed,2026-10-05T09:00:00Z\n'
  const tried = { kind: 'polls', accepted: 0, rejected: 1, rejections: [{ row: 2 }], polls: [] }
  expect(await post('/sources/platform/try', { answer })).toMatchObject({ status: 200, body: tried })
  expect(await clientOf(server.url).source.try.mutate({ name: 'platform', answer })).toMatchObject(tried)
  expect(await clientOf(server.url).import.list.query()).toMatchObject({ items: [] })
  const long = { answer: 'x'.repeat(50_001) }
  expect(await post('/sources/platform/try', long)).toMatchObject({
    status: 413,
    body: { detail: expect.stringMatching(/answer: 50001 characters are too many/) as string },
  })
  platform.answer = (_, response) => response.writeHead(500).end()
  expect(await post('/sources/platform/try')).toMatchObject({ status: 503 })
  expect(await post('/sources/nope/try')).toMatchObject({
    status: 404,
    body: { detail: 'there is no source "nope": there are platform' },
  })
  expect(server.errors).toEqual([])
})

test('a server pulls by itself, and stops in the middle of it', async () => {
  const asked = Promise.withResolvers<void>()
  await using platform = await loopbackServer(() => asked.resolve())
  await using server = await runningServer({ sources: [never('platform', platform.url)] })
  await asked.promise
  await server[Symbol.asyncDispose]()
  expect(server.errors).toEqual([])
})
