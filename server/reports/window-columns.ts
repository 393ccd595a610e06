import { reportWindows } from '../../shared/report-columns.ts'
import type { WindowName } from '../../shared/row-columns.ts'
import { columnOf } from './totals.ts'

/** Which of a store's totals a window's are. */
export interface WindowColumns {
  readonly uptime: number
  readonly downtime: number
  readonly unknown: number
  readonly excused: number
}

export const windowColumns = Object.fromEntries(
  reportWindows.map(({ name }) => [
    name,
    {
      uptime: columnOf(`uptime${name}Ms`),
      downtime: columnOf(`downtime${name}Ms`),
      unknown: columnOf(`unknown${name}Ms`),
      excused: columnOf(`excused${name}Ms`),
    },
  ]),
) as Record<WindowName, WindowColumns>
