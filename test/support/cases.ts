import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CorrectionUse } from '../../shared/correction-kind.ts'
import type { PeriodUnit } from '../../shared/period-unit.ts'

export interface WorkedCase {
  readonly name: string
  readonly folder: string
  readonly options: { as_of?: string; interpolation?: 'nearest' | 'previous'; reach?: string }
  readonly expectedCsv: string
  readonly periodReports: readonly ExpectedPeriodReport[]
  readonly insights: readonly ExpectedInsight[]
}

/** A report by period that a case has, too. */
export interface ExpectedPeriodReport {
  readonly options: { by: PeriodUnit; from: string; to: string; corrections: CorrectionUse }
  readonly expectedCsv: string
}

/** A list of outages, or a store's explanation, that a case has, too. */
export interface ExpectedInsight {
  readonly file: string
  /** Of what store, where it is an explanation. */
  readonly store: string | undefined
  readonly range: { since: string; until: string }
  readonly expectedCsv: string
}

/** A further output of a case, as its `case.json` has it. */
interface FurtherOutput {
  readonly file: string
  readonly outages?: boolean
  readonly explain?: string
  readonly window?: string
  readonly by?: PeriodUnit
  readonly from?: string
  readonly to?: string
  readonly raw?: boolean
}

export const casesFolder = join(import.meta.dirname, '../fixtures/cases')

export const caseNames: readonly string[] = readdirSync(casesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

export const workedCases: readonly WorkedCase[] = caseNames.map((name) => {
  const folder = join(casesFolder, name)
  const { options, also = [] } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as {
    options: { as_of?: string; interpolation?: 'nearest' | 'previous'; reach_hours?: number }
    also?: readonly FurtherOutput[]
  }
  const { reach_hours: reachHours, ...others } = options
  return {
    name,
    folder,
    options: { ...others, ...(reachHours === undefined ? {} : { reach: `${reachHours}h` }) },
    expectedCsv: expectedCsvIn(folder),
    periodReports: also.flatMap((output) => periodReportOf(folder, output)),
    insights: also.flatMap((output) => insightOf(folder, output)),
  }
})

function periodReportOf(folder: string, { file, by, from, to, raw }: FurtherOutput): ExpectedPeriodReport[] {
  if (by === undefined || from === undefined || to === undefined) return []
  const options = { by, from, to, corrections: raw ? ('ignored' as const) : ('applied' as const) }
  return [{ options, expectedCsv: readFileSync(join(folder, file), 'utf8') }]
}

function insightOf(
  folder: string,
  { file, outages, explain, from, to, window }: FurtherOutput,
): ExpectedInsight[] {
  if (outages !== true && explain === undefined) return []
  const [since = from!, until = to!] = window?.split('/') ?? []
  const expectedCsv = readFileSync(join(folder, file), 'utf8')
  return [{ file, store: explain, range: { since, until }, expectedCsv }]
}

/** The report with all columns. */
export function expectedCsvIn(folder: string): string {
  return readFileSync(join(folder, 'expected.csv'), 'utf8')
}

/** What every case has. */
export const inputFiles = ['timezones.csv', 'business_hours.csv', 'store_status.csv'] as const
/** What some have, too. */
export const furtherInputFiles = ['store_details.csv', 'special_hours.csv', 'corrections.csv'] as const
