import * as z from 'zod'
import { givenLabels } from './group.ts'
import { givenReportId } from './ids.ts'
import { unobservedKinds, windowNames } from './row-columns.ts'
import { storeStates } from './store-state.ts'

const percentBound = z.number().min(0).max(100)

/** A state, or several of which any will do. */
const givenStates = z
  .union([z.enum(storeStates), z.array(z.enum(storeStates)).max(storeStates.length)], {
    error: ({ input }) =>
      `${JSON.stringify(input)} is no state: write one of ${storeStates.join(', ')}, or several`,
  })
  .transform((given) => [...new Set([given].flat())])

/** Which rows of a report are meant; without any of it, all are. */
export const rowFilterFields = {
  storeId: z.string().optional().describe('Only stores whose id contains this text'),
  search: z.string().max(200).optional().describe('Only stores whose id or name contains this text'),
  labels: givenLabels,
  timezone: z.string().max(100).optional().describe('Only stores in this zone at the as_of of the report'),
  now: givenStates
    .optional()
    .describe('Only stores that are this at the as_of of the report, or one of these'),
  window: z.enum(windowNames).default('LastWeek').describe('Of which window uptime, observed and change are'),
  uptimeFrom: percentBound.optional().describe('Only stores whose uptime is at least this, in per cent'),
  uptimeTo: percentBound
    .optional()
    .describe('Only stores whose uptime is less than this; where it is the same as uptimeFrom, exactly this'),
  observed: z
    .enum(unobservedKinds)
    .optional()
    .describe(
      'never: only stores with business time of which none was observed; not-open: those without any',
    ),
  compareWith: givenReportId
    .optional()
    .describe('Another complete report by window, which changes are told against'),
}

/** A range has its lower end first. */
export function checkUptimeRange(
  { uptimeFrom, uptimeTo }: { uptimeFrom?: number | undefined; uptimeTo?: number | undefined },
  context: z.RefinementCtx,
  fields = { from: 'uptimeFrom', to: 'uptimeTo' },
): void {
  if (uptimeFrom === undefined || uptimeTo === undefined || uptimeFrom <= uptimeTo) return
  const message = `${uptimeTo} is less than ${fields.from}, ${uptimeFrom}: give the lower one as ${fields.from}`
  context.addIssue({ code: 'custom', path: [fields.to], message })
}

const filter = z.object(rowFilterFields)
export type RowFilter = z.output<typeof filter>
