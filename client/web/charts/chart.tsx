import type { ReactNode } from 'react'

/** What a chart is drawn in. */
export function Chart({
  className,
  width,
  height,
  label,
  children,
}: {
  /** Where it is left out, the chart is scaled to the paper when it is printed. */
  className?: 'strip'
  width: number
  height: number
  /** What it shows, in words. */
  label: string
  children: ReactNode
}) {
  return (
    <svg
      className={className ?? 'chart'}
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
