import type { Db } from '../../database/connect.ts'
import { listDoneParts, readPart, readStates, type DonePart } from '../../database/report-results.ts'
import { wordsOfBytes, type Words } from '../../uptime/words.ts'
import type { PackedStates } from '../states.ts'
import type { PackedTotals } from '../totals.ts'
import { giveBack } from './give-back.ts'

/** A complete report by window that is looked at. */
export interface ViewedReport {
  readonly reportKey: number
  readonly reportId: string
  readonly asOfMs: number
}

/** Some places: that of a store is the one among all of its report, which are in ascending order of id. */
export type Places = Words

/** Where a part's stores are among all. */
export interface PartPlace extends DonePart {
  readonly first: number
}

export interface ReportParts {
  readonly reportKey: number
  /** In order. */
  readonly parts: readonly PartPlace[]
}

/** What a report has of the stores of a part. */
export interface ViewedPart {
  readonly place: PartPlace
  readonly totals: PackedTotals
  /** undefined where they are not asked for, and of a report that was made before they were kept. */
  readonly states: PackedStates | undefined
}

export async function readReportParts(db: Db, reportKey: number): Promise<ReportParts> {
  let next = 0
  const parts = (await listDoneParts(db, reportKey)).map((size) => {
    const first = next
    next += size.storeCount
    return { ...size, first }
  })
  return { reportKey, parts }
}

export function storesIn({ parts }: ReportParts): number {
  return parts.reduce((sum, { storeCount }) => sum + storeCount, 0)
}

/** Reads parts, one at a time: each is gone when the next one is asked for. */
export async function* readViewedParts(
  db: Db,
  { reportKey, parts }: ReportParts,
  { withStates }: { readonly withStates: boolean },
): AsyncGenerator<ViewedPart> {
  for (const place of parts) {
    const totals = wordsOfBytes(await readPart(db, reportKey, place.part, 'totals'))
    const bytes = withStates ? await readStates(db, reportKey, place.part) : undefined
    const states = bytes && wordsOfBytes(bytes)
    yield { place, totals, states }
    giveBack(totals)
    if (states) giveBack(states)
  }
}
