import * as z from 'zod'
import { storeId } from './ids.ts'
import { checkDates } from './outage.ts'
import { periodUnits } from './period-unit.ts'
import { judgingOptions, localDate, periodRow } from './report.ts'

/** Ten years, but for days. */
const mostDays = { day: 400, week: 3660, month: 3660, 'hour-of-week': 3660 } as const

export const historyQueryFields = {
  by: z.enum(periodUnits).describe('What the dates are divided into'),
  since: localDate.describe('The first local date'),
  until: localDate.describe('The last local date, itself included'),
}

export const historyInput = judgingOptions
  .extend({ storeId, ...historyQueryFields })
  .superRefine((query, context) => checkDates(query, context, mostDays[query.by]))
export type HistoryQuery = z.output<typeof historyInput>

export const history = z
  .object({
    storeId,
    by: z.enum(periodUnits).describe('What the dates are divided into'),
    asOf: z.string().meta({ format: 'date-time' }).describe('The instant that it looks back from'),
    items: z.array(periodRow).describe('The periods, in order'),
  })
  .describe("A store's business time by period")
export type History = z.infer<typeof history>
