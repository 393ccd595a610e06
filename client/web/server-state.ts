/** Whether the server answers. While it does not, it is asked again, and what is shown stays. */
import { createFollowed, createListeners } from './followed.ts'

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000

const isGone = createFollowed(false)
const returns = createListeners()
let waitMs = FIRST_WAIT_MS

export function serverAnswered(): void {
  isGone.set(false)
}

export function serverIsGone(): void {
  if (isGone.get()) return
  isGone.set(true)
  waitMs = FIRST_WAIT_MS
  setTimeout(() => void askAgain(), waitMs)
}

async function askAgain(): Promise<void> {
  if (!isGone.get()) return
  try {
    const { ok } = await fetch('/livez')
    if (ok) {
      isGone.set(false)
      returns.tell()
      return
    }
  } catch {
    // Still gone.
  }
  waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  setTimeout(() => void askAgain(), waitMs)
}

/** Calls back each time that the server is there again. */
export const onReturn = returns.add

export const useServerIsGone = isGone.useValue
