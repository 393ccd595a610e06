/** Business time by status as a bar of block characters, in the same ones as the page of `explain`. */
export interface StatusTimes {
  readonly uptimeMs: number
  readonly downtimeMs: number
  readonly unknownMs: number
  readonly excusedMs: number
}

export function sumOf(times: readonly StatusTimes[]): StatusTimes {
  const sum = (status: keyof StatusTimes) => times.reduce((total, one) => total + one[status], 0)
  return {
    uptimeMs: sum('uptimeMs'),
    downtimeMs: sum('downtimeMs'),
    unknownMs: sum('unknownMs'),
    excusedMs: sum('excusedMs'),
  }
}

export const statusBarLegend = '█ up  ▁ down  ░ unknown  ▒ excused'

/** Empty where there is no business time. Whatever there is of a status has a character at least. */
export function statusBar({ uptimeMs, downtimeMs, unknownMs, excusedMs }: StatusTimes, cells = 16): string {
  const totalMs = uptimeMs + downtimeMs + unknownMs + excusedMs
  if (totalMs === 0) return ''
  const cellsOf = (ms: number) => (ms === 0 ? 0 : Math.max(1, Math.round((ms * cells) / totalMs)))
  const parts = [
    { block: '█', count: cellsOf(uptimeMs) },
    { block: '▁', count: cellsOf(downtimeMs) },
    { block: '░', count: cellsOf(unknownMs) },
    { block: '▒', count: cellsOf(excusedMs) },
  ]
  const most = parts.reduce((a, b) => (b.count > a.count ? b : a))
  const others = parts.reduce((sum, { count }) => sum + count, 0) - most.count
  return parts.map((part) => part.block.repeat(part === most ? cells - others : part.count)).join('')
}
