import { setImmediate } from 'node:timers/promises'
import { toAppError, type AppError } from '../../../shared/app-error.ts'
import { preciseNow } from '../../tracing/worked.ts'
import type { OpenDatabase } from '../writer/open-database.ts'
import type { WriterTimes } from '../writer/writer-message.ts'
import type { Push } from './push-message.ts'
import type { PushOutcome } from './write-pushes.ts'

/** So much is written at once: others wait for it. */
const MOST_BYTES_AT_ONCE = 8 * 1024 * 1024

export interface PushGroupsParts {
  readonly database: () => Promise<OpenDatabase>
  readonly now: () => number
  /** Told that all up to this one are being written. */
  readonly onTaken: (lastId: number) => void
  readonly onWritten: (id: number, outcome: PushOutcome, times: WriterTimes) => void
  /** Awaited after each group that was written, and told how large it was. */
  readonly onGroup: (bytes: number) => Promise<void>
  /** Called when none wait. */
  readonly onIdle: () => void
}

/** Pushes that wait to be written: all of them at once, with one commit. */
export interface PushGroups {
  add(id: number, push: Push): void
  /** Whether any wait or are being written. */
  isBusy(): boolean
}

/** At once: the collector of garbage does not hurry for what is in buffers. */
function giveBack({ buffer }: Push['bytes']): void {
  buffer.transfer(0)
}

export function createPushGroups(parts: PushGroupsParts): PushGroups {
  const waiting: { readonly id: number; readonly push: Push }[] = []
  let isWriting = false

  function takeGroup() {
    let bytes = 0
    let count = 0
    while (count < waiting.length && (count === 0 || bytes < MOST_BYTES_AT_ONCE)) {
      bytes += waiting[count++]!.push.bytes.length
    }
    return { group: waiting.splice(0, count), bytes }
  }

  async function writeAll(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) {
      const { group, bytes } = takeGroup()
      parts.onTaken(group.at(-1)!.id)
      const startMs = preciseNow()
      const outcomes = await outcomesOf(group.map(({ push }) => push))
      const times = { startMs, endMs: preciseNow() }
      group.forEach(({ id }, i) => parts.onWritten(id, outcomes[i]!, times))
      for (const { push } of group) giveBack(push.bytes)
      await parts.onGroup(bytes)
      await setImmediate() // more may have come
    }
    isWriting = false
    parts.onIdle()
  }

  async function outcomesOf(pushes: readonly Push[]): Promise<PushOutcome[]> {
    try {
      const { writePushes } = await import('./write-pushes.ts')
      return await writePushes({ ...(await parts.database()), now: parts.now }, pushes)
    } catch (error) {
      return pushes.map((): AppError => toAppError(error))
    }
  }

  return {
    add(id, push) {
      waiting.push({ id, push })
      if (!isWriting) void writeAll()
    },
    isBusy: () => isWriting,
  }
}
