import { AppError, type AppErrorCode } from '../shared/app-error.ts'
import type { StoreChanges } from '../shared/store-now.ts'
import type { Caller } from './call.ts'
import { subscriptionEvents } from './subscription-events.ts'

export interface WatchStoresOptions {
  /** Only of this store. */
  readonly storeId?: string
  /** Only of stores that are in all of these groups, each as label=value. */
  readonly labels?: readonly string[]
  readonly signal?: AbortSignal
}

interface ChangesEvent {
  readonly id: string
  readonly data: StoreChanges
}

const TRY_AGAIN_MS = 500

/** Which stores go down, and which are not down any more, until the signal is aborted; across lost connections. */
export async function* watchStores(
  caller: Caller,
  { storeId, labels, signal }: WatchStoresOptions,
): AsyncGenerator<StoreChanges, void, undefined> {
  const { store } = caller.procedures
  const only = {
    ...(storeId === undefined ? {} : { storeId }),
    ...(labels === undefined ? {} : { labels: [...labels] }),
  }
  // EventSource does not tell why it is refused, but this does.
  const ask = () => store.down.query({ limit: 1, ...(labels === undefined ? {} : { labels: [...labels] }) })
  await ask().catch((error: unknown) => throwUnless(error, ['conflict']))
  if (storeId !== undefined) await store.get.query({ storeId })
  let lastEventId: string | undefined
  while (!signal?.aborted) {
    const input = { ...only, ...(lastEventId === undefined ? {} : { lastEventId }) }
    const events = subscriptionEvents<ChangesEvent>(
      (told) => store.changes.subscribe(input, { ...(signal ? { signal } : {}), ...told }),
      signal,
    )
    for await (const { id, data } of events) {
      lastEventId = id
      yield data
    }
    if (signal?.aborted) return
    await ask().catch((error: unknown) => throwUnless(error, ['conflict', 'unavailable']))
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
  }
}

/** What may pass is waited for: polls that are still to come, or a server that is started again. */
function throwUnless(error: unknown, codes: readonly AppErrorCode[]): void {
  if (!(error instanceof AppError && codes.includes(error.code))) throw error
}
