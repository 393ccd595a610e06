/** What of a store's row of a report comes out otherwise, for a person: one line of figures before and after. */
import { measures, reportWindows } from '../../shared/report-columns.ts'
import type { PeriodRow, ReportRow } from '../../shared/report.ts'
import type { AnyRow } from '../../shared/verification.ts'
import { formatCount } from './output.ts'

const HOUR_MS = 3_600_000

export interface RowDifference {
  /** The period or window that it is about, of several windows the longest. */
  readonly what: string
  readonly stored: string
  readonly now: string
}

type Figures = readonly number[]

/** A row is null where there is none. */
export function rowDifference(stored: AnyRow | null, now: AnyRow | null): RowDifference {
  const row = stored ?? now!
  if ('period' in row) {
    return written(row.period, figuresOfPeriod(stored), figuresOfPeriod(now))
  }
  const windows = reportWindows.toReversed().map(({ name, label }) => ({
    what: label.replace('_', ' '),
    stored: figuresOfWindow(stored, name),
    now: figuresOfWindow(now, name),
  }))
  const other = windows.find((window) => String(window.stored) !== String(window.now)) ?? windows[0]!
  return written(other.what, other.stored, other.now)
}

function figuresOfPeriod(row: AnyRow | null): Figures | null {
  return row && measures.map(({ name }) => (row as PeriodRow)[`${name}Ms`])
}

function figuresOfWindow(row: AnyRow | null, window: (typeof reportWindows)[number]['name']): Figures | null {
  return row && measures.map(({ name }) => (row as ReportRow)[`${name}${window}Ms`])
}

function written(what: string, stored: Figures | null, now: Figures | null): RowDifference {
  const inHours = { stored: textOf(stored, hours), now: textOf(now, hours) }
  const isSeen = inHours.stored !== inHours.now || String(stored) === String(now)
  return { what, ...(isSeen ? inHours : { stored: textOf(stored, exactly), now: textOf(now, exactly) }) }
}

/** Without unknown and excused time where there is none. */
function textOf(figures: Figures | null, write: (ms: number) => string): string {
  if (figures === null) return 'none'
  const words = ['up', 'down', 'unknown', 'excused']
  return figures
    .map((ms, i) => ({ text: `${write(ms)} ${words[i]}`, isShown: i < 2 || ms > 0 }))
    .filter(({ isShown }) => isShown)
    .map(({ text }) => text)
    .join(', ')
}

function hours(ms: number): string {
  return `${(ms / HOUR_MS).toFixed(2)} h`
}

/** What two decimals do not tell. */
function exactly(ms: number): string {
  return `${formatCount(ms)} ms`
}
