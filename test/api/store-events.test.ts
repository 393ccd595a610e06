import { expect, test } from 'vitest'
import { createStoreMonitorClient, type StoreChanges } from '../../client/index.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { noon, pollFile } from '../support/import-scene.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const MINUTE_MS = 60_000
const at = (minute: number) => formatTimestamp(noon + minute * MINUTE_MS)

async function push({ url }: Pick<TestServer, 'url'>, ...polls: readonly [string, string, number][]) {
  const rows = polls.map(([store_id, status, minute]) => ({ store_id, status, timestamp_utc: at(minute) }))
  const response = await fetch(`${url}/polls`, { method: 'POST', body: JSON.stringify(rows) })
  expect(response.status).toBe(200)
}

/** The events of an address, one after the other. */
async function follow(url: string, headers: Record<string, string> = {}) {
  const stop = new AbortController()
  const response = await fetch(url, { headers, signal: stop.signal })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    stop: () => stop.abort(),
    async next(): Promise<{ name: string; id: string; data: StoreChanges }> {
      for (;;) {
        const event = /event: (\w+)\ndata: (.*)\nid: (\S+)\n\n/.exec(text)
        if (event === null) {
          const { value, done } = await reader.read()
          if (done) throw new Error('the events have ended')
          text += value
          continue
        }
        text = text.slice(event.index + event[0].length)
        const [, name = '', data = '', id = ''] = event
        return { name, id, data: JSON.parse(data) as StoreChanges }
      }
    },
  }
}

const brief = ({ changes }: StoreChanges) => changes.map(({ storeId, from, to }) => [storeId, from, to])

test('pushes, imports, rules, deletions and another server on the database tell who goes down, and who is not down any more', async () => {
  await using server = await runningServer()
  await using other = await runningServer({ databaseUrl: server.databaseUrl })
  const client = createStoreMonitorClient({ url: server.url })
  await push(server, ['a', 'active', 0], ['b', 'active', 0])
  await server.upload('store_id,name,city\nb,Bee,Bonn\n')
  const events = await follow(`${server.url}/events`)
  const ofBonn = await follow(`${server.url}/events?labels=city=Bonn`)
  const ofA = await follow(`${other.url}/events?store_id=a`)
  expect(await events.next()).toMatchObject({
    name: 'changes',
    data: { asOf: at(0), isResync: false, changes: [] },
  })
  await ofBonn.next()
  await ofA.next()

  await push(server, ['a', 'inactive', 10])
  const down = { storeId: 'a', name: null, timezone: 'America/Chicago', from: 'up', to: 'down' }
  expect((await events.next()).data).toEqual({
    asOf: at(10),
    isResync: false,
    changes: [{ ...down, since: at(5), lastPoll: at(10) }],
  })
  expect(brief((await ofA.next()).data)).toEqual([['a', 'up', 'down']])

  await server.upload(pollFile([['b', 'inactive', at(11)]]))
  expect(brief((await events.next()).data)).toEqual([['b', 'up', 'down']])
  expect((await ofBonn.next()).data.changes).toMatchObject([{ storeId: 'b', name: 'Bee', since: at(5.5) }])

  await push(other, ['a', 'active', 12], ['c', 'inactive', 12])
  expect(brief((await events.next()).data)).toEqual([
    ['a', 'down', 'up'],
    ['c', null, 'down'],
  ])
  expect(brief((await ofA.next()).data)).toEqual([['a', 'down', 'up']])

  const otherDay = (new Date(noon).getUTCDay() + 2) % 7
  const spans = [{ day: otherDay, start: '09:00', end: '17:00' }]
  await client.store.setBusinessHours.mutate({ storeId: 'c', spans })
  expect(brief((await events.next()).data)).toEqual([['c', 'down', 'closed']])
  await client.store.delete.mutate({ storeId: 'b', reason: 'x', confirm: 2 })
  const gone = await events.next()
  expect(gone.data.changes).toMatchObject([{ storeId: 'b', from: 'down', to: null, lastPoll: null }])

  // From then on, and on the other server.
  await push(server, ['a', 'inactive', 13])
  const again = await follow(`${other.url}/events`, { 'last-event-id': gone.id })
  // Which may tell once more, with it, of the store that is gone: it tells of all that came to it at once.
  expect(brief((await again.next()).data)).toContainEqual(['a', 'up', 'down'])
  for (const one of [events, ofBonn, ofA, again]) one.stop()
  expect([server.errors, other.errors]).toEqual([[], []])
})

test('the client follows stores as they change, and tells what is wrong before it does', async () => {
  await using server = await runningServer()
  const client = createStoreMonitorClient({ url: server.url })
  await expect(client.watchStores({ labels: ['Bonn'] }).next()).rejects.toMatchObject({ code: 'invalid' })
  await expect(client.watchStores({ storeId: 'a' }).next()).rejects.toMatchObject({ code: 'not-found' })
  const stop = new AbortController()
  const seen: unknown[] = []
  for await (const event of client.watchStores({ signal: stop.signal })) {
    seen.push([event.asOf, event.isResync, ...brief(event)])
    if (seen.length === 1) await push(server, ['a', 'active', 0])
    if (seen.length === 2) await push(server, ['a', 'inactive', 1])
    if (seen.length === 3) stop.abort()
  }
  // Of what is there when there are polls at all, nothing is known to have changed.
  expect(seen).toEqual([
    [null, false],
    [at(0), true],
    [at(1), false, ['a', 'up', 'down']],
  ])
})

test('what many follow while polls come is what is down in the end, whoever is told', async () => {
  await using server = await runningServer()
  const stores = Array.from({ length: 50 }, (_, i) => `s${i}`)
  await push(server, ...stores.map((store) => [store, 'active', 0] as [string, string, number]))
  const client = createStoreMonitorClient({ url: server.url })
  const followers = await Promise.all(Array.from({ length: 20 }, () => follow(`${server.url}/events`)))
  for (const follower of followers) await follower.next()
  for (let minute = 1; minute <= 30; minute++) {
    const some = stores.filter((_, i) => (i * 7 + minute) % 5 === 0)
    await push(
      server,
      ...some.map((store) => [store, minute % 2 ? 'inactive' : 'active', minute] as [string, string, number]),
    )
  }
  await push(server, ['last', 'inactive', 31])
  const { items } = await client.store.down.query({ limit: 1000 })
  for (const follower of followers) {
    const down = new Set<string>()
    while (!down.has('last')) {
      for (const { storeId, to } of (await follower.next()).data.changes) {
        if (to === 'down') down.add(storeId)
        else down.delete(storeId)
      }
    }
    expect([...down].sort()).toEqual(items.map(({ storeId }) => storeId).sort())
    follower.stop()
  }
  expect(server.errors).toEqual([])
})
