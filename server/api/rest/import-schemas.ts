/** What the lists of imports take and answer. */
import * as z from 'zod'
import { importListInput, importPage, touchedStore, touchedStorePage } from '../../../shared/import.ts'
import { watchedInput, watchedPage } from '../../../shared/watched.ts'
import { importResult, pageQuery } from './schemas.ts'

export const importListQuery = pageQuery.extend({ store_id: importListInput.shape.storeId })

export const importList = importPage
  .extend({ items: z.array(importResult).describe('What the page has') })
  .meta({ id: 'ImportList', description: 'Imports, newest first' })

export const touchedStoreList = touchedStorePage
  .extend({ items: z.array(touchedStore.meta({ id: 'TouchedStore' })).describe('What the page has') })
  .meta({
    id: 'TouchedStoreList',
    description: 'Stores of which an import changed something, in the order in which they became known',
  })

export const watchedQuery = pageQuery.extend({ state: watchedInput.shape.state })

export const watchedList = watchedPage.meta({
  id: 'WatchedList',
  description: 'Files of watched folders that were taken, the last ones first, and the folders',
})
