import { repeatedly, type Repeated, type Repetition } from './repeatedly.ts'

/** Looks at something now and then while anybody watches: once for all who do. */
export interface Lookout {
  readonly watchers: number
  /** For one who watches, until this is disposed; aborting the signal wakes them. */
  join(signal: AbortSignal | undefined): Watcher
  /** Looks soon, where anybody watches, as there is a reason. */
  lookSoon(): void
  /** Wakes all who watch. */
  wake(): void
}

export interface Watcher extends AsyncDisposable {
  /** Resolves when they are woken from now on. */
  woken(): Promise<void>
}

export function createLookout(look: () => Promise<unknown>, repetition: Repetition): Lookout {
  const wakes = new Set<() => void>()
  let looking: Repeated | undefined

  return {
    get watchers() {
      return wakes.size
    },
    join(signal) {
      let resolve = () => {}
      const wake = () => resolve()
      if (wakes.size === 0) looking = repeatedly(look, repetition)
      wakes.add(wake)
      signal?.addEventListener('abort', wake)
      return {
        woken: () => new Promise<void>((resolveThis) => (resolve = resolveThis)),
        async [Symbol.asyncDispose]() {
          signal?.removeEventListener('abort', wake)
          wakes.delete(wake)
          if (wakes.size === 0) await looking?.[Symbol.asyncDispose]()
        },
      }
    },
    lookSoon() {
      if (wakes.size > 0) looking?.soon()
    },
    wake() {
      for (const wake of wakes) wake()
    },
  }
}
