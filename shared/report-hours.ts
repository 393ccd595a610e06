import * as z from 'zod'
import { reportId } from './ids.ts'
import { tallyFields } from './tally-fields.ts'

const hour = z.object(tallyFields).describe('The business time of an hour of the week, of all stores')

export const reportHours = z
  .object({
    reportId,
    hours: z
      .array(hour)
      .length(7 * 24)
      .describe(
        'The hours of the local week, from Monday 00:00, by the data as they are; they add up to the last week',
      ),
  })
  .describe('The week of a report by the hour of the local week')
export type ReportHours = z.infer<typeof reportHours>
