import type { PollFormat } from '../shared/poll-file.ts'
import type { Caller } from './call.ts'
import { withAppErrors } from './transfer.ts'

export interface ExportPollsOptions {
  /** As imports take them, as a push takes them, or for analysis: `csv` where left out. */
  readonly format?: PollFormat
  /** Only those of this store. */
  readonly storeId?: string
  /** Only those of stores that are in all of these groups, each as `label=value`. */
  readonly labels?: readonly string[]
  /** The first instant whose polls are meant. */
  readonly from?: string | Date
  /** The first instant whose polls are not meant any more. */
  readonly to?: string | Date
  readonly signal?: AbortSignal
}

export interface PollsFile {
  readonly name: string
  /** As they arrive. */
  readonly bytes: ReadableStream<Uint8Array>
}

export async function exportPolls(
  caller: Pick<Caller, 'url' | 'fetch'>,
  { format = 'csv', storeId, labels = [], from, to, signal }: ExportPollsOptions,
): Promise<PollsFile> {
  const query = new URLSearchParams({ format })
  if (storeId !== undefined) query.set('store_id', storeId)
  for (const label of labels) query.append('labels', label)
  if (from !== undefined) query.set('from', instantOf(from))
  if (to !== undefined) query.set('to', instantOf(to))
  const { body, headers } = await caller.fetch(`/polls?${query.toString()}`, signal ? { signal } : {})
  const [, name = `polls.${format}`] =
    /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '') ?? []
  return { name, bytes: withAppErrors(body!, caller.url) }
}

function instantOf(time: string | Date): string {
  return typeof time === 'string' ? time : time.toISOString()
}
