import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { streamWhile } from '../../server/access/stream-while.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

/** Bytes that come when they are sent, and who is asked whether they may go on. */
function scene() {
  const sent = new TransformStream<Uint8Array, Uint8Array>()
  const answer = Promise.withResolvers<boolean>()
  const stream = streamWhile(sent.readable, () => answer.promise)
  return { writer: sent.writable.getWriter(), answer, reader: stream.getReader() }
}

/** What follows from the answer happens before this is over: what is thrown there fails the test. */
async function answerNo({ answer }: ReturnType<typeof scene>): Promise<void> {
  answer.resolve(false)
  await new Promise((resolve) => setImmediate(resolve))
  expect(vi.getTimerCount()).toBe(0)
}

test('a stream ends where it may not go on, with what it is made of', async () => {
  const one = scene()
  void one.writer.write(new Uint8Array([1]))
  expect(await one.reader.read()).toEqual({ done: false, value: new Uint8Array([1]) })
  vi.advanceTimersByTime(1000)
  await answerNo(one)
  expect(await one.reader.read()).toEqual({ done: true, value: undefined })
  await expect(one.writer.closed).rejects.toBeUndefined()
})

describe('while it is asked whether it may go on, a stream', () => {
  test('may be left', async () => {
    const one = scene()
    vi.advanceTimersByTime(1000)
    await one.reader.cancel('left')
    await answerNo(one)
    await expect(one.writer.closed).rejects.toBe('left')
  })

  test('may end', async () => {
    const one = scene()
    vi.advanceTimersByTime(1000)
    await one.writer.close()
    expect((await one.reader.read()).done).toBe(true)
    await answerNo(one)
  })

  test('may fail', async () => {
    const one = scene()
    vi.advanceTimersByTime(1000)
    await Promise.all([
      one.writer.abort(new Error('broken')),
      expect(one.reader.read()).rejects.toThrow('broken'),
    ])
    await answerNo(one)
  })
})
