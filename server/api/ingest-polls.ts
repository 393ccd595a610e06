import type * as z from 'zod'
import type { ingestInput, PushResult } from '../../shared/push.ts'
import type { ApiParts } from './api-parts.ts'

/** The polls of a call; they are judged as those of any other body. */
export async function ingestPolls(
  { pusher, now }: Pick<ApiParts, 'pusher' | 'now'>,
  { polls, key }: z.output<typeof ingestInput>,
): Promise<PushResult> {
  const { pushStream } = await import('../ingest/pushing/push-stream.ts')
  return pushStream(pusher, {
    chunks: bodyOf(polls),
    format: 'json',
    packing: undefined,
    source: 'trpc',
    key,
    now,
  })
}

async function* bodyOf(polls: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(polls))
}
