import { repeatedly, type Repetition } from './repeatedly.ts'

/** Looks at something now and then while anybody watches: once for all who do. */
export interface Lookout {
  readonly watchers: number
  /** For one who watches, until this is disposed; aborting the signal wakes them. */
  join(signal: AbortSignal | undefined): Watcher
  /** Wakes all who watch. */
  wake(): void
}

export interface Watcher extends AsyncDisposable {
  /** Resolves when they are woken from now on. */
  woken(): Promise<void>
}

export function createLookout(look: () => Promise<unknown>, repetition: Repetition): Lookout {
  const wakes = new Set<() => void>()
  let looking: AsyncDisposable | undefined

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
    wake() {
      for (const wake of wakes) wake()
    },
  }
}
