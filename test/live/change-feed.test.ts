import { expect, test } from 'vitest'
import { createChangeFeed, type Followed, type ToldEvent } from '../../server/live/change-feed.ts'
import type { LiveChange, LiveChanges } from '../../server/live/live-tasks.ts'
import { storeId } from '../../shared/ids.ts'

const all: Followed = {}

function change(id: string, to: 'up' | 'down', labels: readonly string[] = []): LiveChange {
  const from = to === 'up' ? 'down' : 'up'
  const rest = { name: null, timezone: 'UTC', since: null, lastPoll: null }
  return { storeId: storeId.parse(id), from, to, ...rest, labels }
}

/** A feed of what is added, each a batch later. */
function feedScene(setting: { mostWatchers?: number } = {}) {
  let batch = 10
  const told: { batch: number; changes: readonly LiveChange[] | null }[] = []
  const errors: unknown[] = []
  let reads = 0
  let failure: Error | undefined
  const feed = createChangeFeed({
    async read(after): Promise<LiveChanges> {
      reads++
      if (failure) throw failure
      const later = told.filter((one) => after !== undefined && one.batch > after)
      const isLost = later.some(({ changes }) => changes === null)
      const changes = isLost ? null : later.flatMap((one) => one.changes ?? [])
      return { batch, asOf: `at ${batch}`, changes }
    },
    onError: (error) => errors.push(error),
    everyMs: 1,
    ...setting,
  })
  return {
    feed,
    errors,
    reads: () => reads,
    fail: (error: Error | undefined) => (failure = error),
    add(...changes: LiveChange[]) {
      told.push({ batch: ++batch, changes })
    },
    lose() {
      told.push({ batch: ++batch, changes: null })
    },
  }
}

async function next(events: AsyncGenerator<ToldEvent, void>): Promise<ToldEvent> {
  const { value } = await events.next()
  return value!
}

const ids = ({ data }: ToldEvent) => data.changes.map(({ storeId: id, to }) => `${id} ${to}`)

test('all who follow the same stores are told the very same, which is written once; others what is theirs', async () => {
  const { feed, add } = feedScene()
  const bonn: Followed = { labels: [{ label: 'city', value: 'Bonn' }] }
  const stop = new AbortController()
  const followers = [all, all, bonn, { storeId: storeId.parse('c') }].map((followed) =>
    feed.watch(followed, undefined, stop.signal),
  )
  for (const follower of followers) {
    expect((await next(follower)).data).toEqual({ asOf: 'at 10', isResync: false, changes: [] })
  }
  add(change('a', 'down'), change('b', 'down', ['city=Bonn', 'chain=Soup']))
  const [one, other, ofBonn] = await Promise.all(followers.slice(0, 3).map(next))
  expect(one).toBe(other)
  expect(one!.bytes()).toBe(other!.bytes())
  expect(new TextDecoder().decode(one!.bytes())).toBe(
    `event: changes\ndata: ${JSON.stringify(one!.data)}\nid: 11\n\n`,
  )
  expect([ids(one!), ids(ofBonn!)]).toEqual([['a down', 'b down'], ['b down']])
  expect(one!.data.changes[0]).not.toHaveProperty('labels')
  add(change('c', 'up'))
  expect(ids(await next(followers[3]!))).toEqual(['c up'])
  stop.abort()
  for (const follower of followers) for await (const _ of follower) continue
})

test('who comes back is told what has changed since, or that it is too much', async () => {
  const { feed, add, lose } = feedScene()
  const stop = new AbortController()
  const first = feed.watch(all, undefined, stop.signal)
  await next(first)
  add(change('a', 'down'))
  const { id } = await next(first)
  add(change('b', 'down'))
  await next(first)
  add(change('a', 'up'))
  const last = await next(first)

  const again = feed.watch(all, id, stop.signal)
  expect([ids(await next(again)), ids(await next(again))]).toEqual([['b down'], ['a up']])
  for (const unknown of ['3', 'rubbish', '9999']) {
    const lost = feed.watch(all, unknown, stop.signal)
    expect(await next(lost)).toMatchObject({ id: last.id, data: { isResync: true, changes: [] } })
  }
  lose()
  expect((await next(again)).data.isResync).toBe(true)
  add(change('c', 'down'))
  expect(ids(await next(again))).toEqual(['c down'])
  stop.abort()
})

test('who reads too slowly costs no memory, and is told that there was more', async () => {
  const { feed, add } = feedScene()
  const stop = new AbortController()
  const [slow, quick] = [feed.watch(all, undefined, stop.signal), feed.watch(all, undefined, stop.signal)]
  await next(slow)
  await next(quick)
  for (let i = 0; i < 300; i++) {
    add(change('a', i % 2 === 0 ? 'down' : 'up'))
    await next(quick)
  }
  expect((await next(slow)).data.isResync).toBe(true)
  add(change('b', 'down'))
  expect(ids(await next(slow))).toEqual(['b down'])
  stop.abort()
})

test('no more follow than a server has room for, and who leaves makes room', async () => {
  const { feed } = feedScene({ mostWatchers: 1 })
  const stop = new AbortController()
  const only = feed.watch(all, undefined, stop.signal)
  await next(only)
  expect(() => feed.watch(all, undefined)).toThrow(/1 already follow/)
  const waiting = only.next()
  stop.abort()
  expect((await waiting).done).toBe(true)
  await next(feed.watch(all, undefined, AbortSignal.abort()))
})

test('nothing is looked for when nobody follows any more, and a failure ends nothing', async () => {
  const { feed, add, reads, fail, errors } = feedScene()
  const stop = new AbortController()
  const follower = feed.watch(all, undefined, stop.signal)
  await next(follower)
  const failure = new Error('no luck')
  fail(failure)
  while (errors.length === 0) await new Promise(setImmediate)
  fail(undefined)
  add(change('a', 'down'))
  expect(ids(await next(follower))).toEqual(['a down'])
  expect(errors[0]).toBe(failure)
  const waiting = follower.next()
  stop.abort()
  await waiting
  const before = reads()
  for (let i = 0; i < 100; i++) await new Promise(setImmediate)
  expect(reads()).toBe(before)
})
