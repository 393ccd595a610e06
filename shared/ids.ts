import * as z from 'zod'
import { isNo } from './fields.ts'
import { storeIdPattern } from './store-id-pattern.ts'

/** A store's id: text, always. Real ones are 64-bit integers, beyond what a JavaScript number holds, or UUIDs. */
export const storeId = z
  .string()
  .regex(
    storeIdPattern,
    isNo('store id: one is 1 to 128 letters, digits and . _ : - and starts with a letter or digit'),
  )
  .brand('StoreId')
  .describe('Id of a store, as the imported files have it')
export type StoreId = z.infer<typeof storeId>

export const reportId = z
  .uuid('a report id is a UUID, as /trigger_report returned it')
  .toLowerCase()
  .brand('ReportId')
  .describe('Id of a report, as it was returned when the report was requested')
/** As a caller writes it: one that is no UUID is as unknown as any other that no report has. */
export const givenReportId = z
  .string()
  .toLowerCase()
  .brand('ReportId')
  .describe('Id of a report, as it was returned when the report was requested')
export type ReportId = z.infer<typeof reportId>

/** Every database has room for numbers up to here. */
const MOST_IMPORTS = 2 ** 31 - 1
export const importId = z.int().positive().max(MOST_IMPORTS).brand('ImportId').describe('Number of an import')
export type ImportId = z.infer<typeof importId>
