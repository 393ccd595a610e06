import type { ReactNode } from 'react'

/** What a chart is drawn in; printed, it is scaled to the paper. */
export function Chart({
  width,
  height,
  label,
  children,
}: {
  width: number
  height: number
  /** What it shows, in words. */
  label: string
  children: ReactNode
}) {
  return (
    <svg
      className="chart"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {children}
    </svg>
  )
}
