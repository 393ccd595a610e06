import { AppError } from '../../../shared/app-error.ts'
import type { PushResult } from '../../../shared/push.ts'
import type { WriterThread } from '../writer/writer-thread.ts'
import { overLimit } from '../../limits/over-limit.ts'
import { usualLimits } from '../../limits/setting.ts'
import { noteWorked } from '../../tracing/worked.ts'
import type { EndAnswer } from '../writer/writer-message.ts'
import type { Push } from './push-message.ts'

/** Takes polls as they come. */
export interface PushTarget {
  /**
   * Writes polls, and returns when they are safe. Their bytes are no longer there for the caller. Throws a `busy` AppError
   * where too much waits, and others where nothing is written.
   */
  push(push: Push): Promise<PushResult>
}

/** So long may wait what nobody is at yet. */
const MOST_WAITING_MS = 2000

interface WaitingPush {
  readonly bytes: number
  readonly sinceMs: number
  readonly answered: PromiseWithResolvers<PushEnd>
}

type PushEnd = Extract<EndAnswer, { readonly type: 'pushed' | 'failed' }>

export function createPusher(
  thread: WriterThread,
  mostWaitingBytes = usualLimits.pushesWaitingBytes,
): PushTarget & {
  /** What waits to be written. */
  waiting(): { readonly pushes: number; readonly bytes: number; readonly oldestMs: number }
  /** Takes no more. */
  close(): void
} {
  const waiting = new Map<number, WaitingPush>()
  let waitingBytes = 0
  let lastTaken = 0
  let isClosing = false

  thread.listen({
    answered(answer) {
      if (answer.type === 'taken') lastTaken = answer.lastId
      else if (answer.type === 'pushed' || answer.type === 'failed') take(answer.id)?.answered.resolve(answer)
    },
    lost: lose,
  })

  function take(id: number): WaitingPush | undefined {
    const push = waiting.get(id)
    waiting.delete(id)
    waitingBytes -= push?.bytes ?? 0
    return push
  }

  function fail(id: number, error: AppError): void {
    take(id)?.answered.reject(error)
  }

  /** What the thread was at may be written or not, and sending it again does no harm. */
  function lose(cause: unknown): void {
    lastTaken = 0
    for (const id of waiting.keys()) {
      const reason = 'the polls may not have been written: send them again'
      fail(id, new AppError('unavailable', reason, { cause }))
    }
  }

  function refuse(bytes: number): void {
    if (isClosing) throw new AppError('unavailable', 'the server is stopping: send the polls again')
    const [, oldest] = waiting.entries().find(([id]) => id > lastTaken) ?? []
    // A thread that starts is not busy.
    const waitedMs = oldest === undefined || lastTaken === 0 ? 0 : performance.now() - oldest.sinceMs
    if (waiting.size > 0 && (waitingBytes + bytes > mostWaitingBytes || waitedMs > MOST_WAITING_MS)) {
      throw tooManyPolls()
    }
  }

  return {
    async push(push) {
      refuse(push.bytes.length)
      const id = thread.nextId()
      const answered = Promise.withResolvers<PushEnd>()
      waiting.set(id, { bytes: push.bytes.length, sinceMs: performance.now(), answered })
      waitingBytes += push.bytes.length
      const { buffer } = push.bytes
      const isWhole = push.bytes.length === buffer.byteLength
      try {
        await thread.ask({ type: 'push', id, push }, isWhole ? [buffer] : [])
      } catch (error) {
        lose(error)
      }
      const end = await answered.promise
      noteWorked({ inThread: true, name: 'writePushes', startMs: end.startMs, endMs: end.endMs })
      if (end.type === 'failed') throw new AppError(end.code, end.reason)
      return end.result
    },
    waiting() {
      const [oldest] = waiting.values()
      const oldestMs = oldest === undefined ? 0 : performance.now() - oldest.sinceMs
      return { pushes: waiting.size, bytes: waitingBytes, oldestMs }
    },
    close() {
      isClosing = true
    },
  }
}

export function tooManyPolls(): AppError {
  return overLimit('pushesWaitingBytes', 'too many polls wait to be written: send these again in a moment')
}
