import type * as z from 'zod'
import { listChanges } from '../../database/changes.ts'
import type { ApiParts } from '../api-parts.ts'
import { changeList, changeListQuery } from './change-schemas.ts'
import { malformedPage, unknownStore } from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

/** The operations on what changed the data. */
export function changeRoutes({ db }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listChanges',
      needs: 'data:read',
      method: 'get',
      paths: ['/changes'],
      tag: 'Changes',
      summary: 'Everything that changed the data, newest first, a page at a time',
      description:
        'Imports, rules, corrections and what was deleted: recorded with the change itself, and never edited or removed. With `store_id`, those that touched a store, alone or with others; `changesNotRecorded` says how many of before may have, too.',
      query: changeListQuery,
      responses: {
        200: { description: 'A page of changes', content: json(changeList) },
        400: malformedPage,
        404: unknownStore,
      },
      async handle({ query: { store_id: storeId, ...query } }, context) {
        return context.json(await listChanges(db, { ...query, storeId }))
      },
    }),
  ]
}
