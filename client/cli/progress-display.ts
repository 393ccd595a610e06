import type { ImportProgress } from '../../shared/import.ts'
import type { Report } from '../../shared/report.ts'
import type { CommandContext, MessageOptions } from './context.ts'
import { formatAmount, formatCount, printable } from './output.ts'

/** Shows how far something has come on stderr: a bar on a terminal, a line now and then otherwise. */
export interface ProgressDisplay extends Disposable {
  show(step: ProgressStep): void
}

export interface ProgressStep {
  readonly label: string
  readonly done: number
  readonly total: number
  /** What has been done so far, in words. */
  readonly amount: string
}

export async function createProgressDisplay(
  context: CommandContext,
  { quiet }: MessageOptions,
): Promise<ProgressDisplay> {
  if (quiet) return { show() {}, [Symbol.dispose]() {} }
  const movesCursor = context.stderr.isTTY && context.environment['TERM'] !== 'dumb'
  if (!movesCursor) return createLines(context)
  const { createBars } = await import('./progress-bars.ts')
  return createBars(context)
}

export function stepOfReport({ state, progress }: Report): ProgressStep {
  const { storesDone, storesTotal } = progress
  const amount =
    storesTotal === 0 ? state : `${formatCount(storesDone)} of ${formatAmount(storesTotal, 'store')}`
  return { label: 'Report', done: storesDone, total: storesTotal, amount }
}

export function stepOfImport({ source, bytesRead, bytesTotal, rowsRead }: ImportProgress): ProgressStep {
  const name = source.slice(Math.max(source.lastIndexOf('/'), source.lastIndexOf('\\')) + 1)
  return {
    label: printable(name),
    done: bytesRead,
    total: bytesTotal,
    amount: formatAmount(rowsRead, 'row'),
  }
}

const LINE_EVERY_MS = 1000

/** A line for the end of each label, and before that for each tenth, but not more than one a second. */
function createLines({ stderr, now }: CommandContext): ProgressDisplay {
  let shown: string | undefined
  let shownTenths = 0
  let shownAtMs = -Infinity
  return {
    show({ label, done, total, amount }) {
      if (label !== shown) {
        shown = label
        shownTenths = 0
      }
      const tenths = total === 0 ? 0 : Math.floor((done / total) * 10)
      const isDue = tenths === 10 || now() - shownAtMs >= LINE_EVERY_MS
      if (tenths === shownTenths || !isDue) return
      stderr.write(`${label}: ${Math.floor((done / total) * 100)} %, ${amount}\n`)
      shownTenths = tenths
      shownAtMs = now()
    },
    [Symbol.dispose]() {},
  }
}
