import type { PushTarget } from './pusher.ts'

/** A pusher that throws what a check throws. Pushes of one turn of the event loop are checked once: to look at a file takes a while. */
export function checkedPusher(pusher: PushTarget, check: () => void): PushTarget {
  let isChecked = false
  return {
    async push(push) {
      if (!isChecked) {
        check()
        isChecked = true
        setImmediate(() => (isChecked = false))
      }
      return pusher.push(push)
    },
  }
}
