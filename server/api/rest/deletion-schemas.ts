/** What the operations that delete take and answer. */
import * as z from 'zod'
import {
  checkDeletion,
  deleteStoreFields,
  pollDeletion,
  pollDeletionFields,
  storeDeletion,
} from '../../../shared/deletion.ts'

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
    from: fields.from,
    to: fields.to,
    ...confirmQuery,
  })
  .superRefine(({ store_id: storeId, ...given }, context) => checkDeletion({ ...given, storeId }, context))
  .transform(({ store_id: storeId, ...given }) => ({ ...given, storeId }))
export const deleteStoreQuery = z.object(confirmQuery)

export const pollDeletionBody = pollDeletion.meta({ id: 'PollDeletion' })
export const storeDeletionBody = storeDeletion.meta({ id: 'StoreDeletion' })
