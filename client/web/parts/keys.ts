/** Keys that do something wherever the focus is, but for fields, where they are written, and with modifiers. */
import { useEffect, useRef } from 'react'

/** What is written into, or has all keys for itself. */
const fields = 'input:not([type="checkbox"], [type="radio"]), select, textarea, [contenteditable], dialog'

export type KeyHandlers = Readonly<Record<string, ((event: KeyboardEvent) => void) | undefined>>

export function useKeys(handlers: KeyHandlers): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || isForOthers(event)) return
      const handler = latest.current[event.key]
      if (handler === undefined) return
      event.preventDefault()
      handler(event)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

function isForOthers({ ctrlKey, altKey, metaKey, isComposing, target }: KeyboardEvent): boolean {
  if (ctrlKey || altKey || metaKey || isComposing) return true
  return target instanceof Element && target.closest(fields) !== null
}
