import type { Report } from '../../shared/report.ts'
import type { CommandContext } from './context.ts'
import { formatCount, write } from './output.ts'

function computedWith({ programVersion, zoneDataVersion }: Report): string | null {
  if (programVersion === null) return null
  return `store-monitor ${programVersion}, time zones ${zoneDataVersion}`
}

/** What sets a report apart from the usual one: its periods, its groups, and that corrections are left out. */
export function describeAsked({ by, from, to, labels, corrections }: Report): string {
  return [
    ...(by === null ? [] : [`by ${by}, ${from} to ${to}`]),
    ...labels,
    ...(corrections === 'ignored' ? ['without corrections'] : []),
  ].join('; ')
}

/** A report's state, one fact a line. */
export async function printReport({ stdout }: CommandContext, report: Report): Promise<void> {
  const { storesDone, storesTotal } = report.progress
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    ['report', report.reportId],
    ['state', report.state],
    ['failure', report.failure],
    ['stores', `${formatCount(storesDone)} of ${formatCount(storesTotal)}`],
    ['as of', report.asOf],
    ['interpolation', report.interpolation],
    ['reach', report.reach],
    ['corrections', report.corrections],
    ['by', report.by === null ? null : `${report.by}, ${report.from} to ${report.to}`],
    ['groups', report.labels.join(', ') || null],
    ['computed with', computedWith(report)],
    ['requested', report.requestedAt],
    ['finished', report.finishedAt],
  ]
  for (const [name, value] of facts) {
    if (value !== null) await write(stdout, `${name.padEnd(15)}${value}\n`)
  }
}
