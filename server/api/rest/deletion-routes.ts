import type * as z from 'zod'
import { signed } from '../../access/principal.ts'
import type { ApiParts } from '../api-parts.ts'
import { answerPollDeletion, answerStoreDeletion } from '../deletions.ts'
import {
  deletePollsQuery,
  deleteStoreQuery,
  pollDeletionBody,
  storeDeletionBody,
} from './deletion-schemas.ts'
import { malformedDeletion, otherThanConfirmed, unknownStore } from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { storePath } from './schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })
const refusals = { 400: malformedDeletion, 404: unknownStore, 409: otherThanConfirmed }

/** The operations that take data back. */
export function deletionRoutes(parts: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'deletePolls',
      needs: 'data:delete',
      keepsBy: ['store or labels'],
      method: 'delete',
      paths: ['/polls'],
      tag: 'Stores',
      summary: 'Delete the polls of a store, a group or all stores in some time',
      description:
        'Without `confirm` nothing is deleted, and the answer says how many polls would be; with that number as `confirm` they are, all of them at once. The deletion is recorded as a change.',
      query: deletePollsQuery,
      responses: {
        200: { description: 'The polls that were deleted, or would be', content: json(pollDeletionBody) },
        ...refusals,
      },
      handle: async ({ query }, context) =>
        context.json(await answerPollDeletion(parts, signed(context.get('principal'), query))),
    }),
    defineRoute({
      id: 'deleteStore',
      needs: 'data:delete',
      keepsBy: ['storeId'],
      method: 'delete',
      paths: ['/stores/{store_id}'],
      tag: 'Stores',
      summary: 'Delete a store with its rules, polls, labels and corrections',
      description:
        'Without `confirm` nothing is deleted, and the answer says how many polls would be; with that number as `confirm` all of it is. The deletion is recorded as a change; reports that have the store keep it.',
      path: storePath,
      query: deleteStoreQuery,
      responses: {
        200: { description: 'What was deleted, or would be', content: json(storeDeletionBody) },
        ...refusals,
      },
      handle: async ({ path, query }, context) =>
        context.json(
          await answerStoreDeletion(parts, {
            storeId: path.store_id,
            ...signed(context.get('principal'), query),
          }),
        ),
    }),
  ]
}
