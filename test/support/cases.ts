import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface WorkedCase {
  readonly name: string
  readonly folder: string
  readonly options: { as_of?: string; interpolation?: 'nearest' | 'previous'; reach?: string }
  readonly expectedCsv: string
}

const casesFolder = join(import.meta.dirname, '../fixtures/cases')
/** Versions of rules and special days are not supported yet. */
const later = /^(?:17|18)-/

export const workedCases: readonly WorkedCase[] = readdirSync(casesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !later.test(entry.name))
  .map(({ name }) => {
    const folder = join(casesFolder, name)
    const { options } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as {
      options: { as_of?: string; interpolation?: 'nearest' | 'previous'; reach_hours?: number }
    }
    const { reach_hours: reachHours, ...others } = options
    return {
      name,
      folder,
      options: { ...others, ...(reachHours === undefined ? {} : { reach: `${reachHours}h` }) },
      expectedCsv: readFileSync(join(folder, 'expected.csv'), 'utf8'),
    }
  })

export const inputFiles = ['timezones.csv', 'business_hours.csv', 'store_status.csv'] as const
