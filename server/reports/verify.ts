import type { ReportDifference, Verification, VerifyQuery } from '../../shared/verification.ts'
import type { ComputedWith } from '../database/computed-with.ts'
import type { Db } from '../database/connect.ts'
import { listDoneParts, type DonePart } from '../database/report-results.ts'
import type { StoredReport } from '../database/reports.ts'
import { askedOf } from './asked.ts'
import { likelyReasonsOf } from './likely-reasons.ts'
import { requireComplete } from './require-complete.ts'
import type { ThreadPool } from './thread-pool.ts'
import { MOST_TOLD, type PartToVerify, type PartVerification } from './verify-part.ts'

export interface VerifyParts {
  readonly db: Db
  readonly runTask: ThreadPool['run']
  /** How many parts are computed at once. */
  readonly workers: number
  readonly computedWith: ComputedWith
  /** Aborted where nobody waits for the answer any more. */
  readonly signal: AbortSignal | undefined
}

/**
 * Computes stores of a report again, in the threads of reports, and compares them with what is stored; nothing is stored
 * of it. Throws a `conflict` AppError where the report is not complete.
 */
export async function verifyReport(
  report: StoredReport,
  { stores }: Pick<VerifyQuery, 'stores'>,
  { db, runTask, workers, computedWith, signal }: VerifyParts,
): Promise<Verification> {
  requireComplete(report)
  const parts = sampleOf(await listDoneParts(db, report.report_key), stores === 'all' ? Infinity : stores)
  const asked = askedOf(report)
  const sums = { compared: 0, differing: 0, added: 0, gone: 0 }
  const storeKeys = new Set<number>()
  let first: readonly ReportDifference[] = []

  function add(part: PartVerification): void {
    for (const what of ['compared', 'differing', 'added', 'gone'] as const) sums[what] += part[what]
    for (const key of part.storeKeys) storeKeys.add(key)
    if (part.first.length > 0) first = [...first, ...part.first].sort(byStore).slice(0, MOST_TOLD)
  }

  const waiting = parts.values()
  let isOver = false
  async function verifyNext(): Promise<void> {
    for (const part of waiting) {
      if (isOver) return
      signal?.throwIfAborted()
      add(await runTask('verifyPart', { reportKey: report.report_key, part, asked }))
    }
  }
  try {
    await Promise.all(Array.from({ length: workers }, verifyNext))
  } finally {
    isOver = true
  }
  return {
    reportId: report.report_id,
    storesCompared: sums.compared,
    storesDiffering: sums.differing,
    storesNew: sums.added,
    storesGone: sums.gone,
    first: [...first],
    likely: first.length === 0 ? [] : await likelyReasonsOf(db, report, { computedWith, storeKeys }),
  }
}

function byStore(a: ReportDifference, b: ReportDifference): number {
  return a.storeId < b.storeId ? -1 : 1
}

/** Over how many parts a sample is spread, where there are as many. */
const SPREAD_PARTS = 8

/** So many stores, where there are as many, of parts that are spread over the report. */
export function sampleOf(parts: readonly DonePart[], stores: number): PartToVerify[] {
  const storeCount = parts.reduce((sum, part) => sum + part.storeCount, 0)
  if (stores >= storeCount) return parts.map((part) => ({ ...part, stores: Infinity }))
  let chosen = spreadOver(parts, SPREAD_PARTS)
  while (chosen.reduce((sum, part) => sum + part.storeCount, 0) < stores) {
    chosen = spreadOver(parts, chosen.length * 2)
  }
  let left = stores
  // From the smallest on, so that what one lacks falls to the others.
  const bySize = chosen.toSorted((a, b) => a.storeCount - b.storeCount)
  return bySize
    .map((part, i) => {
      const ofPart = Math.min(part.storeCount, Math.ceil(left / (bySize.length - i)))
      left -= ofPart
      return { ...part, stores: ofPart }
    })
    .filter(({ stores }) => stores > 0)
}

/** At most so many, at equal distances. */
function spreadOver(parts: readonly DonePart[], count: number): DonePart[] {
  const most = Math.min(count, parts.length)
  return Array.from({ length: most }, (_, i) => parts[Math.floor(((i + 0.5) * parts.length) / most)]!)
}
