import { AppError } from '../../../shared/app-error.ts'
import type { PushResult } from '../../../shared/push.ts'
import { bothPushed, nothingPushed, nothingTaken } from '../../../shared/push-result.ts'
import type { Push, PushLimit } from './push-message.ts'
import { pieces, type PackedBody } from './push-pieces.ts'
import type { PushTarget } from './pusher.ts'

/** So many pieces of a body are under way at once. */
const PIECES_AT_ONCE = 4
/** For how long a body in the middle waits for room, and how often it looks. */
const BUSY_LOOKS = 600
const BUSY_PAUSE_MS = 100

/** Polls that are sent, whole or in pieces. */
export interface PushStream extends PackedBody {
  readonly source: string
  /** Only for what is no longer than a piece may be. */
  readonly key?: string | undefined
  readonly limit?: PushLimit | undefined
  readonly now: () => number
}

/**
 * Pushes a body of any length, in groups of lines that are written each as a whole. Where it is broken off, or this throws
 * in the middle, what was written stays; all of it may be sent again. Throws a `rejected` AppError where no poll keeps the
 * rules.
 */
export async function pushStream(target: PushTarget, stream: PushStream): Promise<PushResult> {
  const underWay: Promise<PushResult>[] = []
  let sum = nothingPushed
  try {
    for await (const push of pushesOf(stream)) {
      underWay.push(pushWhenThereIsRoom(target, push))
      underWay.at(-1)!.catch(() => {}) // whoever waits for it has the error
      if (underWay.length === PIECES_AT_ONCE) sum = bothPushed(sum, await underWay.shift()!)
    }
    while (underWay.length > 0) sum = bothPushed(sum, await underWay.shift()!)
  } catch (error) {
    const ended = await Promise.allSettled(underWay)
    const written = ended.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    throw afterWriting(written.reduce(bothPushed, sum), error)
  }
  if (sum.accepted > 0) return sum
  if (sum.rejected > 0) throw nothingTaken(sum)
  throw new AppError('invalid', 'the body has no polls: send at least one')
}

async function* pushesOf(stream: PushStream): AsyncGenerator<PushOfBody> {
  const { source, key, limit, now } = stream
  for await (const { piece, isOnly } of pieces(stream)) {
    if (key !== undefined && !isOnly) {
      throw new AppError(
        'too-large',
        'a push with a key has at most 1 MiB of lines, or an array of 16 MiB: send it in several, or without a key, as polls that come again change nothing',
      )
    }
    yield { ...piece, source, key, limit, takenInAt: now(), isOnly }
  }
}

interface PushOfBody extends Push {
  /** Whether it is all there is. */
  readonly isOnly: boolean
}

function afterWriting({ accepted }: PushResult, error: unknown): unknown {
  if (!(error instanceof AppError) || accepted === 0) return error
  const polls = accepted === 1 ? 'poll was' : 'polls were'
  return new AppError(error.code, `${error.message} (${accepted} ${polls} written before)`, { cause: error })
}

/** One that is alone is refused at once. */
async function pushWhenThereIsRoom(target: PushTarget, { isOnly, ...push }: PushOfBody): Promise<PushResult> {
  for (let looks = isOnly ? BUSY_LOOKS : 0; ; looks++) {
    try {
      return await target.push(push)
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'busy'
      if (!isBusy || looks >= BUSY_LOOKS) throw error
      await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS))
    }
  }
}
