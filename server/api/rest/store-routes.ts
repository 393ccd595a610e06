import type { Context } from 'hono'
import type * as z from 'zod'
import type { Store } from '../../../shared/store.ts'
import { signed } from '../../access/principal.ts'
import { setBusinessHours, setDetails, setSpecialHours, setTimezone } from '../../database/store-changes.ts'
import { getStore, listStores } from '../../database/stores.ts'
import type { WriteTx } from '../../database/write-alone.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedPage, malformedStore, malformedStoreId, tooLarge, unknownStore } from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { storePath } from './schemas.ts'
import {
  businessHoursBody,
  detailsBody,
  specialHoursBody,
  storeBody,
  storeList,
  storeListQuery,
  timezoneBody,
} from './store-schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

/** The operations on stores and their rules. */
export function storeRoutes(parts: ApiParts): RestRoute[] {
  const { db, now } = parts
  const common = { tag: 'Stores', path: storePath } as const
  const changes = {
    ...common,
    method: 'put',
    responses: {
      200: { description: 'The store, changed', content: json(storeBody) },
      400: malformedStore,
      413: tooLarge,
    },
  } as const

  async function changed(context: Context, change: (tx: WriteTx) => Promise<Store>): Promise<Response> {
    return context.json(await parts.change(change))
  }

  return [
    defineRoute({
      id: 'listStores',
      needs: 'stores:read',
      keepsBy: ['labels'],
      method: 'get',
      paths: ['/stores'],
      tag: 'Stores',
      summary: 'Stores with their rules, by id, a page at a time',
      query: storeListQuery,
      responses: {
        200: { description: 'A page of stores', content: json(storeList) },
        400: malformedPage,
      },
      handle: async ({ query }, context) => context.json(await listStores(db, query)),
    }),
    defineRoute({
      ...common,
      id: 'getStore',
      needs: 'stores:read',
      keepsBy: ['storeId'],
      method: 'get',
      paths: ['/stores/{store_id}'],
      summary: 'A store and its rules',
      responses: {
        200: { description: 'The store', content: json(storeBody) },
        400: malformedStoreId,
        404: unknownStore,
      },
      handle: async ({ path }, context) => context.json(await getStore(db, path.store_id)),
    }),
    defineRoute({
      ...changes,
      id: 'setBusinessHours',
      needs: 'stores:write',
      keepsBy: ['storeId'],
      paths: ['/stores/{store_id}/business-hours'],
      summary: 'Set the weekly hours of a store, known or new',
      description:
        'In place of all versions of its hours; with `validFrom`, in place of the version of that instant.',
      body: businessHoursBody,
      handle: ({ path, body }, context) =>
        changed(context, (tx) =>
          setBusinessHours(tx, { storeId: path.store_id, ...signed(context.get('principal'), body) }, now()),
        ),
    }),
    defineRoute({
      ...changes,
      id: 'setTimezone',
      needs: 'stores:write',
      keepsBy: ['storeId'],
      paths: ['/stores/{store_id}/timezone'],
      summary: 'Set the zone of a store, known or new',
      description:
        'In place of all versions of its zone; with `validFrom`, in place of the version of that instant.',
      body: timezoneBody,
      handle: ({ path, body }, context) =>
        changed(context, (tx) =>
          setTimezone(tx, { storeId: path.store_id, ...signed(context.get('principal'), body) }, now()),
        ),
    }),
    defineRoute({
      ...changes,
      id: 'setSpecialHours',
      needs: 'stores:write',
      keepsBy: ['storeId'],
      paths: ['/stores/{store_id}/special-hours'],
      summary: 'Set the hours of dates of a store, known or new',
      description: 'In place of what was said of these dates; others keep their hours.',
      body: specialHoursBody,
      handle: ({ path, body }, context) =>
        changed(context, (tx) =>
          setSpecialHours(tx, { storeId: path.store_id, ...signed(context.get('principal'), body) }, now()),
        ),
    }),
    defineRoute({
      ...changes,
      id: 'setStoreDetails',
      needs: 'stores:write',
      keepsBy: ['storeId', 'no labels'],
      paths: ['/stores/{store_id}/details'],
      summary: 'Set the name and labels of a store, known or new',
      description: 'What is left out stays as it is; a label with an empty value is taken away.',
      body: detailsBody,
      handle: ({ path, body }, context) =>
        changed(context, (tx) =>
          setDetails(tx, { storeId: path.store_id, ...signed(context.get('principal'), body) }, now()),
        ),
    }),
  ]
}
