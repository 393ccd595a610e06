import { useKeys } from './keys.ts'

/** `j` and `k` go through the links of the tables' rows, where Enter opens them. */
export function useRowKeys(): void {
  function move(step: number): void {
    const links = [...document.querySelectorAll<HTMLElement>('main tbody th a')]
    const at = links.findIndex((link) => link === document.activeElement)
    const next = at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step
    links[Math.min(Math.max(0, next), links.length - 1)]?.focus()
  }
  useKeys({ j: () => move(1), k: () => move(-1) })
}
