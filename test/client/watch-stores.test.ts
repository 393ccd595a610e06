import { expect, test } from 'vitest'
import type { Caller } from '../../client/call.ts'
import { MOST_WAITING } from '../../client/subscription-events.ts'
import { watchStores } from '../../client/watch-stores.ts'

interface Told {
  onData(event: { readonly id: string; readonly data: unknown }): void
}

/** A server that tells of as many changes as it is told to, whenever somebody subscribes. */
function tellingServer(count: number) {
  const subscribed: (string | undefined)[] = []
  let open = 0
  let told = 0
  const answers = { query: () => Promise.resolve({}) }
  const changes = {
    subscribe({ lastEventId }: { readonly lastEventId?: string }, { onData }: Told) {
      subscribed.push(lastEventId)
      open++
      let isOpen = true
      queueMicrotask(() => {
        const first = Number(lastEventId ?? 0) + 1
        for (let id = first; isOpen && id < first + count; id++, told++) {
          onData({ id: String(id), data: { changes: [id] } })
        }
      })
      return {
        unsubscribe() {
          if (isOpen) open--
          isOpen = false
        },
      }
    },
  }
  const procedures = { store: { down: answers, changes }, health: answers }
  return {
    caller: { procedures } as unknown as Caller,
    subscribed,
    open: () => open,
    told: () => told,
  }
}

test('who reads slowly is not told for ever, and is told of all behind what was read', async () => {
  const server = tellingServer(10 * MOST_WAITING)
  const events = watchStores(server.caller, {})
  const seen = [(await events.next()).value]
  await new Promise(setImmediate)
  expect([server.open(), server.told()]).toEqual([0, MOST_WAITING])
  while (seen.length <= MOST_WAITING) seen.push((await events.next()).value)
  expect(seen).toEqual(Array.from({ length: MOST_WAITING + 1 }, (_, i) => ({ changes: [i + 1] })))
  expect(server.subscribed).toEqual([undefined, String(MOST_WAITING)])
  await events.return()
  expect(server.open()).toBe(0)
})
