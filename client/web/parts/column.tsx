import type { ReactNode } from 'react'

/** The head of a table's column. */
export function Column({ isNumber = false, children }: { isNumber?: boolean; children: ReactNode }) {
  return (
    <th scope="col" className={isNumber ? 'number' : undefined}>
      {children}
    </th>
  )
}
