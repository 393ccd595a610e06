/** Whether the server asks who one is: then nothing is shown but where to say it. */
import { createFollowed, createListeners } from './followed.ts'

type Message = 'signed in' | 'signed out' | 'who am I?'

const isAsked = createFollowed(false)
const changes = createListeners()
const doubts = createListeners()
const channel = new BroadcastChannel('store-monitor-session')

/**
 * To be called where the server has answered that it does not know who asks. Its answer may be of before one signed in elsewhere: the other
 * tabs ask for themselves.
 */
export function mustSignIn(): void {
  if (isAsked.get()) return
  tell('who am I?')
  isAsked.set(true)
}

/** To be called when one signed in here, or out: the other tabs of the browser learn of it. */
export function sessionChanged(isSignedIn: boolean): void {
  tell(isSignedIn ? 'signed in' : 'signed out')
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
  tell('signed in')
}

channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  if (data === 'who am I?') doubts.tell()
  else take(data === 'signed in')
})

function tell(message: Message): void {
  channel.postMessage(message)
}

function take(isSignedIn: boolean): void {
  if (isAsked.get() && !isSignedIn) return // A key that is being written would be lost.
  isAsked.set(!isSignedIn)
  changes.tell()
}

/** Calls back each time that one signed in or out, in whatever tab. */
export const onSession = changes.add

/** Calls back where another tab was not known to the server any more. */
export const onDoubt = doubts.add

export const isSignedOut = isAsked.get
export const useMustSignIn = isAsked.useValue
