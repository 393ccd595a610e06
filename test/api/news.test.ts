import { expect, test } from 'vitest'
import { createNewsWatch } from '../../server/news-watch.ts'
import { createStoreMonitorClient } from '../../client/index.ts'
import type { News } from '../../shared/news.ts'
import { pollFile } from '../support/import-scene.ts'
import { runningServer } from '../support/running-server.ts'

const polls = pollFile([['s1', 'active', '2023-01-24 11:00 UTC']])

test('news are told at once, and when there are polls, imports, changes and reports; to several who listen', async () => {
  await using server = await runningServer()
  const client = createStoreMonitorClient({ url: server.url })
  const seen: News[] = []
  const { promise: isTold, resolve: tell } = Promise.withResolvers<void>()
  const subscription = client.data.news.subscribe(undefined, {
    onData: (news) => {
      seen.push(news)
      if (news.lastReport?.state === 'complete') tell()
    },
  })
  const stop = new AbortController()
  const response = await fetch(`${server.url}/news`, { signal: stop.signal })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await reader.read()).value!
  expect(text).toMatch(
    /^event: news\ndata: \{"latestPoll":null,"lastImport":null,"lastChange":null,"lastReport":null,/,
  )

  await server.upload(polls, 'store_status.csv')
  const { reportId } = await client.report.ensure.mutate()
  await isTold
  subscription.unsubscribe()
  expect(seen.at(-1)).toMatchObject({
    latestPoll: '2023-01-24T11:00:00Z',
    lastImport: { importId: 1, state: 'complete' },
    lastChange: 1,
    lastReport: { reportId, state: 'complete' },
  })
  while (!text.includes('"state":"complete"}')) text += (await reader.read()).value
  stop.abort()
  expect(server.errors).toEqual([])
})

test('all who watch are told of each change until their signal is aborted, and what is news to who comes later', async () => {
  let importId = 1
  const errors: unknown[] = []
  const read = async () => {
    const lastImport = { importId, state: 'complete' } as News['lastImport']
    return { latestPoll: null, lastImport, lastChange: null, lastReport: null, lastPush: null, at: '' }
  }
  const { watch } = createNewsWatch({ read, onError: (error) => errors.push(error), everyMs: 1 })
  const stop = new AbortController()
  const watchers = [1, 2, 3].map(() => watch(stop.signal))
  for (const watcher of watchers)
    expect((await watcher.next()).value).toMatchObject({ lastImport: { importId: 1 } })
  importId = 2
  for (const watcher of watchers)
    expect((await watcher.next()).value).toMatchObject({ lastImport: { importId: 2 } })
  const waiting = watchers.map((watcher) => watcher.next())
  stop.abort()
  expect(await Promise.all(waiting)).toEqual(watchers.map(() => ({ value: undefined, done: true })))
  expect((await watch(AbortSignal.abort()).next()).done).toBe(true)
  importId = 3
  const late = watch()
  expect((await late.next()).value).toMatchObject({ lastImport: { importId: 3 } })
  await late.return()
  expect(errors).toEqual([])
})
