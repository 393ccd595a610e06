/** Whether the server asks who one is: then nothing is shown but where to say it. */
import { useSyncExternalStore } from 'react'

const name = 'store-monitor-session'

let isAsked = false
const listeners = new Set<() => void>()
const returns = new Set<() => void>()
const channel = new BroadcastChannel(name)

function tell(next: boolean): void {
  if (isAsked === next) return
  isAsked = next
  for (const listener of listeners) listener()
}

/** To be called where the server has answered that it does not know who asks. */
export function mustSignIn(): void {
  tell(true)
}

/** To be called when one signed in here, or out: the other tabs of the browser learn of it. */
export function sessionChanged(isSignedIn: boolean): void {
  channel.postMessage(isSignedIn)
  take(isSignedIn)
}

channel.addEventListener('message', ({ data }: MessageEvent<boolean>) => take(data))

function take(isSignedIn: boolean): void {
  tell(!isSignedIn)
  for (const callback of returns) callback()
}

/** Calls back each time that one signed in or out, in whatever tab. */
export function onSession(callback: () => void): () => void {
  returns.add(callback)
  return () => returns.delete(callback)
}

export function isSignedOut(): boolean {
  return isAsked
}

export function useMustSignIn(): boolean {
  return useSyncExternalStore(subscribe, isSignedOut)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
