import * as z from 'zod'
import { isoInstant } from './fields.ts'
import { givenLabels } from './group.ts'
import { storeId } from './ids.ts'
import { pageInput } from './page.ts'
import { instant } from './report.ts'

/** Which polls are meant: all where nothing is said. */
export const pollsWantedFields = {
  storeId: storeId.optional().describe('Only those of this store'),
  labels: givenLabels.describe('Only those of stores that are in all of these groups, each as label=value'),
  from: instant
    .optional()
    .describe('The first instant whose polls are meant')
    .meta({ examples: ['2023-01-18T00:00:00Z'] }),
  to: instant
    .optional()
    .describe('The first instant whose polls are not meant any more')
    .meta({ examples: ['2023-01-26T00:00:00Z'] }),
}

export interface PollsWanted {
  readonly storeId?: z.output<typeof storeId> | undefined
  readonly labels?: z.output<typeof givenLabels>
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export function checkPollsWanted({ from, to }: PollsWanted, context: z.RefinementCtx): void {
  if (from === undefined || to === undefined || from < to) return
  const [fromText, toText] = [from, to].map((ms) => new Date(ms).toISOString())
  const message = `from ${fromText} is not before to ${toText}: polls from the one to before the other are meant`
  context.addIssue({ code: 'custom', message })
}

export const listPollsInput = pageInput
  .extend(pollsWantedFields)
  .superRefine((given, context) => checkPollsWanted(given, context))
export type PollListQuery = z.output<typeof listPollsInput>

export const listedPoll = z
  .object({
    storeId,
    status: z.enum(['active', 'inactive']).describe('What the store was'),
    timestampUtc: isoInstant.describe('When'),
  })
  .describe('One observation of a store')
export type ListedPoll = z.infer<typeof listedPoll>
