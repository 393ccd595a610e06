import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesOf, type Gathering } from '../../client/batches.ts'

/** What is given, one by one, to whoever asks. */
function source<Item>() {
  const given: Item[] = []
  const asking: ((result: IteratorResult<Item>) => void)[] = []
  let asked = 0
  let isReturned = false
  return {
    give(...items: Item[]) {
      given.push(...items)
      while (given.length > 0 && asking.length > 0) asking.shift()!({ done: false, value: given.shift()! })
    },
    asked: () => asked,
    isReturned: () => isReturned,
    items: {
      [Symbol.asyncIterator]: () => ({
        next() {
          asked++
          return new Promise<IteratorResult<Item>>((resolve) => {
            if (given.length > 0) resolve({ done: false, value: given.shift()! })
            else asking.push(resolve)
          })
        },
        return() {
          isReturned = true
          return Promise.resolve({ done: true as const, value: undefined })
        },
      }),
    },
  }
}

const gathering = (more: Partial<Gathering<number>> = {}): Gathering<number> => ({
  isFull: (batch) => batch.length >= 3,
  lingerMs: 1,
  ...more,
})

test('what comes is all there, in order, in batches that are not too large', async () => {
  const items = fc.array(fc.integer(), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(items, async (numbers) => {
      async function* each() {
        yield* numbers
      }
      const batches = await Array.fromAsync(batchesOf(each(), gathering({ lingerMs: 60_000 })))
      expect(batches.flat()).toEqual(numbers)
      expect(batches.slice(0, -1).every((batch) => batch.length === 3)).toBe(true)
      expect(batches.every((batch) => batch.length > 0 && batch.length <= 3)).toBe(true)
    }),
  )
})

test('a batch does not wait for what does not come, and what comes later is in a later one', async () => {
  const { give, items } = source<number>()
  const batches = batchesOf(items, gathering())
  const first = batches.next()
  give(1, 2)
  expect(await first).toEqual({ done: false, value: [1, 2] })
  const second = batches.next()
  give(3)
  expect(await second).toEqual({ done: false, value: [3] })
})

test('nothing is asked for while a batch is used but what was before', async () => {
  const { give, items, asked } = source<number>()
  const batches = batchesOf(items, gathering({ lingerMs: 60_000 }))
  give(1, 2, 3, 4, 5, 6, 7)
  await batches.next()
  await new Promise(setImmediate)
  expect(asked()).toBe(3)
})

test('where taking fails, what came before is used first', async () => {
  async function* failing() {
    yield 1
    throw new Error('the pipe is broken')
  }
  const batches = batchesOf(failing(), gathering({ lingerMs: 60_000 }))
  expect(await batches.next()).toEqual({ done: false, value: [1] })
  await expect(batches.next()).rejects.toThrow('the pipe is broken')
})

test('a signal ends it at once, also in the middle of waiting', async () => {
  const { give, items, isReturned } = source<number>()
  const abort = new AbortController()
  const batches = batchesOf(items, gathering({ lingerMs: 60_000, signal: abort.signal }))
  const next = batches.next()
  give(1)
  abort.abort(new Error('enough'))
  await expect(next).rejects.toThrow('enough')
  expect(isReturned()).toBe(true)
})

test('at the end that is asked for, what has come is the last batch', async () => {
  const { give, items, isReturned } = source<number>()
  const end = new AbortController()
  const batches = batchesOf(items, gathering({ lingerMs: 60_000, endSignal: end.signal }))
  const next = batches.next()
  give(1, 2)
  await new Promise(setImmediate)
  end.abort()
  expect(await next).toEqual({ done: false, value: [1, 2] })
  expect(await batches.next()).toEqual({ done: true, value: undefined })
  expect(isReturned()).toBe(true)
})
