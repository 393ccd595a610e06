/** Whether the server asks who one is: then nothing is shown but where to say it. */
import { createFollowed, createListeners } from './followed.ts'

const isAsked = createFollowed(false)
const changes = createListeners()
const channel = new BroadcastChannel('store-monitor-session')

/** To be called where the server has answered that it does not know who asks. */
export function mustSignIn(): void {
  isAsked.set(true)
}

/** To be called when one signed in here, or out: the other tabs of the browser learn of it. */
export function sessionChanged(isSignedIn: boolean): void {
  channel.postMessage(isSignedIn)
  take(isSignedIn)
}

const leaving = 'store-monitor-leaving'

/** To be called where one leaves the page to sign in elsewhere. */
export function leaveToSignIn(): void {
  sessionStorage.setItem(leaving, 'yes')
}

/** To be called when the page begins: one may have come back. */
export function comeBack(): void {
  if (sessionStorage.getItem(leaving) === null) return
  sessionStorage.removeItem(leaving)
  channel.postMessage(true)
}

channel.addEventListener('message', ({ data }: MessageEvent<boolean>) => take(data))

function take(isSignedIn: boolean): void {
  isAsked.set(!isSignedIn)
  changes.tell()
}

/** Calls back each time that one signed in or out, in whatever tab. */
export const onSession = changes.add

export const isSignedOut = isAsked.get
export const useMustSignIn = isAsked.useValue
