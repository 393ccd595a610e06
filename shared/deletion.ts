import * as z from 'zod'
import { change } from './change.ts'
import { changedBy } from './changed-by.ts'
import { count, isoInstant } from './fields.ts'
import { givenLabels } from './group.ts'
import { storeId } from './ids.ts'
import { instant } from './report.ts'
import { keptText } from './text.ts'

const confirmation = {
  reason: keptText.min(1, 'it is empty: say why they are deleted').describe('Why they are deleted'),
  by: changedBy.by,
  confirm: count
    .optional()
    .describe(
      'How many polls are deleted, as the answer without it said: only so many are. Left out, nothing is deleted',
    ),
}

export const pollDeletionFields = {
  storeId: storeId.optional().describe('Polls of this store'),
  labels: givenLabels.describe('Polls of all stores that are in all of these groups, each as label=value'),
  all: z.literal(true).optional().describe('Polls of all stores'),
  from: instant.describe('The first instant whose polls go').meta({ examples: ['2026-10-05T09:00:00Z'] }),
  to: instant
    .describe('The first instant whose polls stay again')
    .meta({ examples: ['2026-10-05T11:30:00Z'] }),
  ...confirmation,
}

interface GivenDeletion {
  readonly storeId?: unknown
  readonly labels?: readonly unknown[] | undefined
  readonly all?: true | undefined
  readonly from: number
  readonly to: number
}

/** What a deletion must say: whose polls, in one way, and a time with an end after its start. */
export function checkDeletion(
  { storeId, labels = [], all, from, to }: GivenDeletion,
  context: z.RefinementCtx,
): void {
  const ways = [storeId !== undefined, labels.length > 0, all === true].filter(Boolean).length
  if (ways !== 1) {
    const message = 'say whose polls are to be deleted, in one way: a store, groups (labels), or all'
    context.addIssue({ code: 'custom', message })
  }
  if (from < to) return
  const [fromText, toText] = [from, to].map((ms) => new Date(ms).toISOString())
  context.addIssue({
    code: 'custom',
    message: `from ${fromText} is not before to ${toText}: polls from the one to before the other are deleted`,
  })
}

export const deletePollsInput = z
  .strictObject(pollDeletionFields)
  .superRefine((given, context) => checkDeletion(given, context))
export type PollDeletionRequest = z.output<typeof deletePollsInput>

export const deleteStoreFields = confirmation
export const deleteStoreInput = z.strictObject({ storeId, ...deleteStoreFields })
export type StoreDeletionRequest = z.output<typeof deleteStoreInput>

const deleted = {
  polls: count.describe('How many polls go'),
  firstPollAt: isoInstant.nullable().describe('The first of them; null where there are none'),
  lastPollAt: isoInstant.nullable().describe('The last of them; null where there are none'),
  change: change.nullable().describe('The record of the deletion; null where nothing was deleted'),
}

export const pollDeletion = z
  .object({ stores: count.describe('Of how many stores polls go'), ...deleted })
  .describe('The polls that are deleted, or would be')
export type PollDeletion = z.infer<typeof pollDeletion>

export const storeDeletion = z
  .object({
    storeId,
    corrections: count.describe('How many corrections go, also of those that were revoked'),
    ...deleted,
  })
  .describe('What is deleted with a store, or would be')
export type StoreDeletion = z.infer<typeof storeDeletion>
