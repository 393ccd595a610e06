/** What the operations on what stores are now take and answer. */
import * as z from 'zod'
import { downStore, downStores, storeChangesInput } from '../../../shared/store-now.ts'
import { pageOf } from '../../../shared/page.ts'
import { answerFormat, labelsQuery, pageQuery } from './schemas.ts'

export const downStoresQuery = pageQuery.extend({ labels: labelsQuery, format: answerFormat })
export const downStoresBody = downStores
  .extend(pageOf(downStore.meta({ id: 'DownStore' })).shape)
  .meta({ id: 'DownStoreList', description: downStores.description! })

export const storeChangesQuery = z.object({
  store_id: storeChangesInput.shape.storeId,
  labels: labelsQuery,
})
export const storeChangesHeaders = z.object({
  'last-event-id': z
    .string()
    .optional()
    .describe('The last event that was received, to go on from')
    .meta({ examples: ['1024'] }),
})
