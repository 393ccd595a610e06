import { signed } from '../../access/principal.ts'
import { setStoreRevenue } from '../../database/store-changes.ts'
import { readStoreRevenue } from '../../database/store-revenue.ts'
import { appErrorOf } from '../errors.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedStoreId, tooLarge, unknownStore } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { storePath } from './schemas.ts'
import { revenueBody, storeRevenueBody } from './store-schemas.ts'

const malformed: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: appErrorOf(revenueBody.safeParse({ perHour: -1 }).error),
}

/** The operations on what stores take in an hour. */
export function revenueRoutes(parts: ApiParts): RestRoute[] {
  const common = {
    tag: 'Stores',
    path: storePath,
    paths: ['/stores/{store_id}/revenue'],
    keepsBy: ['storeId'],
  } as const
  const found = { description: 'What is said of it', content: { 'application/json': storeRevenueBody } }
  return [
    defineRoute({
      ...common,
      id: 'readStoreRevenue',
      needs: 'stores:read',
      method: 'get',
      summary: 'What people say that a store takes in an hour',
      responses: { 200: found, 400: malformedStoreId, 404: unknownStore },
      handle: async ({ path }, context) => context.json(await readStoreRevenue(parts.db, path.store_id)),
    }),
    defineRoute({
      ...common,
      id: 'setStoreRevenue',
      needs: 'stores:write',
      method: 'put',
      summary: 'Say what a store, known or new, takes in an hour',
      description: 'In place of what was said, here or by a file of revenue.',
      body: revenueBody,
      responses: { 200: found, 400: malformed, 413: tooLarge },
      handle: async ({ path, body }, context) => {
        const change = { storeId: path.store_id, ...signed(context.get('principal'), body) }
        return context.json(await parts.change((tx) => setStoreRevenue(tx, change, parts.now())))
      },
    }),
  ]
}
