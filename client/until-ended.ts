import { AppError } from '../shared/app-error.ts'

/** How long to wait before trying again where the connection was lost, and how often in a row: a server's restart. */
const TRY_AGAIN_MS = 500
const MAX_TRIES = 120

export interface TrackedEvent<Value> {
  readonly id: string
  readonly data: Value
}

export interface Following<Value> {
  /** The events after the last one of a connection, for as long as it lasts. */
  events(lastEventId: string | undefined): AsyncGenerator<TrackedEvent<Value>, void, undefined>
  ask(): Promise<Value>
  isOver(value: Value): boolean
}

/** What is followed, now and at each change until it is over, across lost connections. */
export async function* untilEnded<Value>(
  { events, ask, isOver }: Following<Value>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Value, void, undefined> {
  let lastEventId: string | undefined
  let tries = 0
  for (;;) {
    signal?.throwIfAborted()
    for await (const { id, data } of events(lastEventId)) {
      lastEventId = id
      yield data
      if (isOver(data)) return
    }
    signal?.throwIfAborted()
    try {
      // Lost or refused. EventSource does not tell why, but a query does, or has the news itself.
      const value = await ask()
      if (isOver(value)) return yield value
      tries = 0
    } catch (error) {
      const mayPass = error instanceof AppError && error.code === 'unavailable'
      if (!mayPass || ++tries === MAX_TRIES) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
  }
}
