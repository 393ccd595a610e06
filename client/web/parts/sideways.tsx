import type { ReactNode } from 'react'

/** What may be wider than there is room is scrolled sideways, also by keys; its name is given, or the id of its heading. */
export function Sideways({
  label,
  heading,
  children,
}: { children: ReactNode } & (
  { label: string; heading?: undefined } | { label?: undefined; heading: string }
)) {
  return (
    <div className="sideways" tabIndex={0} role="group" aria-label={label} aria-labelledby={heading}>
      {children}
    </div>
  )
}
