import * as z from 'zod'
import { changeId } from './change.ts'
import { isoInstant } from './fields.ts'
import { importId, reportId } from './ids.ts'
import { importStates } from './import.ts'
import { reportStates } from './report-state.ts'

export const news = z
  .object({
    latestPoll: isoInstant.nullable().describe('When the latest poll was; null where there is none'),
    lastImport: z
      .object({ importId, state: z.enum(importStates).describe('How far it is') })
      .nullable()
      .describe('The import that began last; null where there is none'),
    lastChange: changeId
      .nullable()
      .describe('The change of the data that was made last; null where there is none'),
    lastReport: z
      .object({ reportId, state: z.enum(reportStates).describe('How far it is') })
      .nullable()
      .describe('The report that was requested last; null where there is none'),
    lastPush: isoInstant
      .nullable()
      .describe('When polls were pushed last that changed something; null where none were'),
    at: isoInstant.describe('When this was looked up'),
  })
  .describe('What there is of late')
export type News = z.infer<typeof news>
