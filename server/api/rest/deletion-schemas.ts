/** What the operations that delete take and answer, in the names of the files' columns. */
import * as z from 'zod'
import {
  checkDeletion,
  deleteStoreFields,
  pollDeletion,
  pollDeletionFields,
  storeDeletion,
  type PollDeletion,
  type StoreDeletion,
} from '../../../shared/deletion.ts'
import { changeBody, changeBodyOf } from './change-schemas.ts'

const confirmForm = 'write the number of polls that are deleted'
const confirmQuery = {
  reason: deleteStoreFields.reason.meta({ examples: ['the poller was broken'] }),
  by: deleteStoreFields.by,
  confirm: z.coerce
    .number(confirmForm)
    .int(confirmForm)
    .nonnegative(confirmForm)
    .optional()
    .meta({ description: deleteStoreFields.confirm.description!, examples: [1440] }),
}

const fields = pollDeletionFields
export const deletePollsQuery = z
  .object({
    store_id: fields.storeId,
    labels: fields.labels,
    all: z
      .literal('true', 'write all=true, or leave it out')
      .transform(() => true as const)
      .optional()
      .describe(fields.all.description!),
    from_utc: fields.from,
    to_utc: fields.to,
    ...confirmQuery,
  })
  .superRefine(({ store_id: storeId, from_utc: from, to_utc: to, ...given }, context) =>
    checkDeletion({ ...given, storeId, from, to }, context),
  )
  .transform(({ store_id: storeId, from_utc: from, to_utc: to, ...given }) => ({
    ...given,
    storeId,
    from,
    to,
  }))
export const deleteStoreQuery = z.object(confirmQuery)

const { shape } = pollDeletion
const deleted = {
  polls: shape.polls,
  first_poll_at: shape.firstPollAt,
  last_poll_at: shape.lastPollAt,
  change: changeBody.nullable().describe(shape.change.description!),
}
export const pollDeletionBody = z
  .object({ stores: shape.stores, ...deleted })
  .meta({ id: 'PollDeletion', description: pollDeletion.description! })
export const storeDeletionBody = z
  .object({
    store_id: storeDeletion.shape.storeId,
    corrections: storeDeletion.shape.corrections,
    ...deleted,
  })
  .meta({ id: 'StoreDeletion', description: storeDeletion.description! })

export function pollDeletionBodyOf(deletion: PollDeletion): z.output<typeof pollDeletionBody> {
  return { stores: deletion.stores, ...deletedOf(deletion) }
}

export function storeDeletionBodyOf(deletion: StoreDeletion): z.output<typeof storeDeletionBody> {
  const { storeId, corrections } = deletion
  return { store_id: storeId, corrections, ...deletedOf(deletion) }
}

function deletedOf({ polls, firstPollAt, lastPollAt, change }: Omit<PollDeletion, 'stores'>) {
  return {
    polls,
    first_poll_at: firstPollAt,
    last_poll_at: lastPollAt,
    change: change === null ? null : changeBodyOf(change),
  }
}
