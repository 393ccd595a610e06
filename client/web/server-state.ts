/** Whether the server answers. While it does not, it is asked again, and what is shown stays. */
import { useSyncExternalStore } from 'react'

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000

let isGone = false
let waitMs = FIRST_WAIT_MS
const listeners = new Set<() => void>()
const returns = new Set<() => void>()

function tell(next: boolean): void {
  if (isGone === next) return
  isGone = next
  for (const listener of listeners) listener()
}

export function serverAnswered(): void {
  tell(false)
}

export function serverIsGone(): void {
  if (isGone) return
  tell(true)
  waitMs = FIRST_WAIT_MS
  setTimeout(() => void askAgain(), waitMs)
}

async function askAgain(): Promise<void> {
  if (!isGone) return
  try {
    const { ok } = await fetch('/livez')
    if (ok) {
      tell(false)
      for (const callback of returns) callback()
      return
    }
  } catch {
    // Still gone.
  }
  waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  setTimeout(() => void askAgain(), waitMs)
}

/** Calls back each time that the server is there again. */
export function onReturn(callback: () => void): () => void {
  returns.add(callback)
  return () => returns.delete(callback)
}

export function useServerIsGone(): boolean {
  return useSyncExternalStore(subscribe, () => isGone)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
