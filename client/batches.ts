import { createAlarm, type Alarm } from './alarm.ts'

/** How what comes is gathered. */
export interface Gathering<Item> {
  /** Whether a batch takes no more. */
  isFull(batch: readonly Item[]): boolean
  /** How long a batch that is not full waits for more. */
  readonly lingerMs: number
  /** Aborting it ends all, with its reason as the error. */
  readonly signal?: AbortSignal | undefined
  /** Aborting it ends what is taken: what has come is the last batch. */
  readonly endSignal?: AbortSignal | undefined
}

type Taken<Item> = IteratorResult<Item, unknown> | { readonly error: unknown }

/**
 * What comes in batches, none of which waits for long, however long it takes until more comes. Nothing is taken while a batch
 * is used but what was asked for already. Where taking fails, what came before is a batch.
 */
export async function* batchesOf<Item>(
  items: AsyncIterable<Item>,
  { isFull, lingerMs, signal, endSignal }: Gathering<Item>,
): AsyncGenerator<Item[]> {
  const iterator = items[Symbol.asyncIterator]()
  let asked: Promise<Taken<Item>> | undefined
  let last: Taken<Item> | undefined

  /** Adds to a batch until it is full, has waited, or there is no more. */
  async function fill(batch: Item[], alarm: Alarm): Promise<void> {
    while (!isFull(batch)) {
      asked ??= iterator.next().catch((error: unknown) => ({ error }))
      const taken = await Promise.race([asked, alarm.rings])
      if (taken === undefined) return
      asked = undefined
      if ('error' in taken || taken.done) {
        last = taken
        return
      }
      if (batch.push(taken.value) === 1) alarm.set(lingerMs)
    }
  }

  try {
    while (last === undefined && !endSignal?.aborted) {
      signal?.throwIfAborted()
      const batch: Item[] = []
      const alarm = createAlarm([signal, endSignal])
      await fill(batch, alarm).finally(alarm.clear)
      signal?.throwIfAborted()
      if (batch.length > 0) yield batch
    }
    if (last !== undefined && 'error' in last) throw last.error
  } finally {
    // Not waited for, as one that is asked already may take as long as it likes.
    if (last === undefined) void iterator.return?.().catch(() => {})
  }
}
