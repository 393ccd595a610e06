/** What a subscription is given to tell what it hears. */
export interface SubscriptionTold<Event> {
  onData(event: Event): void
  onConnectionStateChange(state: { readonly error?: unknown }): void
  onError(): void
  onComplete(): void
}

/** So many wait for who reads slowly. */
export const MOST_WAITING = 100

/**
 * The events of a subscription's connection, for as long as it lasts: it is ended, too, when too many wait, and the next one goes on
 * behind what was read.
 */
export async function* subscriptionEvents<Event>(
  subscribe: (told: SubscriptionTold<Event>) => { unsubscribe(): void },
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, undefined> {
  const events: Event[] = []
  let isOver = false
  let wake = () => {}

  function end(): void {
    isOver = true
    wake()
  }

  const subscription = subscribe({
    onData(event) {
      if (events.push(event) === MOST_WAITING) {
        subscription.unsubscribe()
        isOver = true
      }
      wake()
    },
    // EventSource would connect again by itself, without an end, and without keeping a Node.js process alive meanwhile.
    onConnectionStateChange({ error }) {
      if (error) end()
    },
    onError: end,
    onComplete: end,
  })
  signal?.addEventListener('abort', end)
  try {
    for (;;) {
      const event = events.shift()
      if (event) yield event
      else if (isOver) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    signal?.removeEventListener('abort', end)
    subscription.unsubscribe()
  }
}
