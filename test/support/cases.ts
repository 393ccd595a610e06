import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface WorkedCase {
  readonly name: string
  readonly folder: string
  readonly options: { as_of?: string; interpolation?: 'nearest' | 'previous'; reach?: string }
  readonly expectedCsv: string
}

export const casesFolder = join(import.meta.dirname, '../fixtures/cases')

export const caseNames: readonly string[] = readdirSync(casesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

export const workedCases: readonly WorkedCase[] = caseNames.map((name) => {
  const folder = join(casesFolder, name)
  const { options } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as {
    options: { as_of?: string; interpolation?: 'nearest' | 'previous'; reach_hours?: number }
  }
  const { reach_hours: reachHours, ...others } = options
  return {
    name,
    folder,
    options: { ...others, ...(reachHours === undefined ? {} : { reach: `${reachHours}h` }) },
    expectedCsv: expectedCsvIn(folder),
  }
})

/** The report with all columns. */
export function expectedCsvIn(folder: string): string {
  return readFileSync(join(folder, 'expected.csv'), 'utf8')
}

/** What every case has. */
export const inputFiles = ['timezones.csv', 'business_hours.csv', 'store_status.csv'] as const
/** What some have, too. */
export const furtherInputFiles = ['store_details.csv', 'special_hours.csv', 'corrections.csv'] as const
