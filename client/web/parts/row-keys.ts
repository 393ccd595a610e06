import { useRef, type RefObject } from 'react'
import { useKeys } from './keys.ts'

/** `j` and `k` go through the links of a table's rows, where Enter opens them. */
export function useRowKeys(): RefObject<HTMLTableElement | null> {
  const table = useRef<HTMLTableElement>(null)
  function move(step: number): void {
    const links = [...(table.current?.querySelectorAll<HTMLElement>('tbody th a') ?? [])]
    const at = links.findIndex((link) => link === document.activeElement)
    const next = at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step
    links[Math.min(Math.max(0, next), links.length - 1)]?.focus()
  }
  useKeys({ j: () => move(1), k: () => move(-1) })
  return table
}
