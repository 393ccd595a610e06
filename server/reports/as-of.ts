import type { JudgingOptions } from '../../shared/report.ts'
import type { Db } from '../database/connect.ts'
import { latestPollAt } from '../database/poll-week-summary.ts'
import { nothingToReportOn } from './nothing-to-report-on.ts'

/**
 * The instant that a report looks back from, in epoch milliseconds: rule 9 of docs/uptime.md. Throws a `conflict` AppError
 * where there are no polls: a report needs them also where the instant is given.
 */
export async function asOfMsOf(db: Db, { asOf }: Pick<JudgingOptions, 'asOf'>): Promise<number> {
  const latest = await latestPollAt(db)
  if (latest === undefined) throw nothingToReportOn()
  return asOf ?? latest
}
