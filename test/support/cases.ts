import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface WorkedCase {
  readonly name: string
  readonly folder: string
  readonly options: { as_of?: string; interpolation?: 'nearest' | 'previous'; reach?: string }
  readonly expectedCsv: string
}

export const casesFolder = join(import.meta.dirname, '../fixtures/cases')

/** Cases of what docs/uptime.md marks as not counting yet. So do their further outputs (`also` in `case.json`). */
export const laterCases: Readonly<Record<string, string>> = {
  '17-hours-that-changed': 'versions of rules (rule 7)',
  '18-special-days': 'special hours (rule 8)',
  '24-corrections': 'corrections (rules 20 to 22)',
  '25-as-a-spreadsheet-saves-it': 'semicolons, H:MM and AM or PM (Inputs)',
  '26-thirty-stores-over-weeks': 'versions, special hours and corrections (rules 7, 8, 20 to 22)',
}
export const caseNames: readonly string[] = readdirSync(casesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

export const workedCases: readonly WorkedCase[] = caseNames
  .filter((name) => !(name in laterCases))
  .map((name) => {
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

export const inputFiles = ['timezones.csv', 'business_hours.csv', 'store_status.csv'] as const
