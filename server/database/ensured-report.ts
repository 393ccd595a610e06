import { isComputedWith, type ComputedWith } from './computed-with.ts'
import type { Db } from './connect.ts'
import { textOfLabels } from './labels-text.ts'
import { lastChangeAt } from './last-change.ts'
import { insertRequested, type ReportRequest, type StoredReport } from './reports.ts'
import { writeAlone } from './write-alone.ts'

/**
 * The newest report by window of the same request, with whatever is said of it, that was asked for since the data changed
 * last; else a new one. `isNew` tells which: of several at once, one is new.
 */
export async function ensureReport(
  db: Db,
  request: ReportRequest,
  computedWith: ComputedWith,
): Promise<{ report: StoredReport; isNew: boolean }> {
  const { options, asOf } = request
  const subject = [
    asOf,
    options.interpolation,
    options.reach,
    options.corrections,
    textOfLabels(options.labels),
  ]
  return writeAlone(db, `request ensure ${subject.join(' ')}`, async (tx) => {
    const same = await findSame(tx, request, computedWith)
    if (same !== undefined) return { report: same, isNew: false }
    return { report: await insertRequested(tx, request), isNew: true }
  })
}

async function findSame(
  db: Db,
  { options, asOf }: ReportRequest,
  computedWith: ComputedWith,
): Promise<StoredReport | undefined> {
  const changedAt = await lastChangeAt(db)
  const labels = textOfLabels(options.labels)
  return (
    db
      .selectFrom('report')
      .selectAll()
      .where('as_of', '=', asOf)
      .where('interpolation', '=', options.interpolation)
      .where('reach_ms', '=', options.reach)
      .where('corrections', '=', options.corrections)
      .where('period', 'is', null)
      .where('labels', labels === null ? 'is' : '=', labels)
      .where('state', 'in', ['queued', 'running', 'complete'])
      .where('requested_at', '>', changedAt)
      // Another version may come to other figures.
      .where((eb) => eb.or([eb('program_version', 'is', null), isComputedWith(computedWith)(eb)]))
      .orderBy('report_key', 'desc')
      .executeTakeFirst()
  )
}
