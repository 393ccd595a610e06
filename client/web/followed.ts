/** What components follow: a value of the whole page, and what is to happen. */
import { useSyncExternalStore } from 'react'

export interface Followed<Value> {
  get(): Value
  set(next: Value): void
  useValue(): Value
}

export function createFollowed<Value>(first: Value): Followed<Value> {
  let value = first
  const listeners = createListeners()
  const get = () => value
  return {
    get,
    set(next) {
      if (next === value) return
      value = next
      listeners.tell()
    },
    useValue: () => useSyncExternalStore(listeners.add, get),
  }
}

export interface Listeners {
  /** Returns what takes it away again. */
  add(listener: () => void): () => void
  tell(): void
}

export function createListeners(): Listeners {
  const listeners = new Set<() => void>()
  return {
    add(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell() {
      for (const listener of listeners) listener()
    },
  }
}
