/** What the operations that give polls out take and answer. */
import * as z from 'zod'
import { checkPollsWanted, listedPoll, pollsWantedFields } from '../../../shared/poll.ts'
import { pollFormats } from '../../../shared/poll-file.ts'
import { pageOf } from '../../../shared/page.ts'
import { pageQuery } from './schemas.ts'

export const pollsQuery = z
  .object({
    store_id: pollsWantedFields.storeId,
    labels: pollsWantedFields.labels,
    from: pollsWantedFields.from,
    to: pollsWantedFields.to,
    ...pageQuery.shape,
    format: z
      .enum(['json', ...pollFormats])
      .default('json')
      .describe('The form of the answer: a page as json, or a file of all'),
  })
  .superRefine(checkPollsWanted)
  .transform(({ store_id: storeId, ...given }) => ({ ...given, storeId }))

export const pollListBody = pageOf(listedPoll.meta({ id: 'Poll' })).meta({
  id: 'PollList',
  description: 'Polls, by store and time',
})
