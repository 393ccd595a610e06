import type * as z from 'zod'
import type { ingestInput, PushResult } from '../../shared/push.ts'
import { pushLimitOf } from '../access/principal.ts'
import type { CallContext } from './procedure.ts'

/** The polls of a call; they are judged as those of any other body. */
export async function ingestPolls(
  { pusher, now, principal }: Pick<CallContext, 'pusher' | 'now' | 'principal'>,
  { polls, key }: z.output<typeof ingestInput>,
): Promise<PushResult> {
  const { pushStream } = await import('../ingest/pushing/push-stream.ts')
  return pushStream(pusher, {
    chunks: bodyOf(polls),
    format: 'json',
    packing: undefined,
    source: 'trpc',
    key,
    limit: pushLimitOf(principal),
    now,
  })
}

async function* bodyOf(polls: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(polls))
}
