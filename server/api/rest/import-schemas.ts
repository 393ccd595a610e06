/** What the operations on imports take and answer. */
import * as z from 'zod'
import { parseColumnMap } from '../../../shared/column-map.ts'
import { isNo } from '../../../shared/fields.ts'
import { importId } from '../../../shared/ids.ts'
import {
  importListInput,
  importPage,
  importRecord,
  rejectedRow,
  rejectedRowPage,
  rejectedStore,
  rejectedSummary,
  touchedStore,
  touchedStorePage,
} from '../../../shared/import.ts'
import { parseMaxRejected } from '../../../shared/max-rejected.ts'
import { readBy } from '../../../shared/read-by.ts'
import { pageOf } from '../../../shared/page.ts'
import { watchedInput, watchedPage } from '../../../shared/watched.ts'
import { pageQuery } from './schemas.ts'

const importIdForm = isNo('import: one is known by its number, which starts at 1')
export const importPath = z.object({
  import_id: z.coerce
    .number(importIdForm)
    .int(importIdForm)
    .positive(importIdForm)
    .pipe(importId)
    .meta({ description: importId.description, examples: [1] }),
})

export const uploadQuery = z.object({
  source: z
    .string()
    .min(1)
    .max(255)
    .regex(/^\P{Cc}*$/u, 'the name of a file has no control characters: leave them out')
    .default('upload.csv')
    .describe('The name that the file is known by')
    .meta({ examples: ['store_status.csv'] }),
  max_rejected: z
    .string()
    .transform(readBy(parseMaxRejected))
    .optional()
    .describe(
      'How many rows may be rejected, as a number or a part such as 2.5%: beyond it nothing goes in, and the import is recorded as failed. Left out, there is no limit',
    )
    .meta({ examples: ['20', '2.5%'] }),
  map: z
    .union([z.string(), z.array(z.string())])
    .transform(readBy((texts) => parseColumnMap([texts].flat())))
    .optional()
    .describe(
      'What the file calls a column, where that is not what we do: `store_id=Outlet`. May be given once for each column',
    )
    .meta({ examples: ['store_id=Outlet'] }),
})

export const uploadHeaders = z.object({
  prefer: z
    .string()
    .transform((preferences) => ({ isAsync: /(?:^|[,\s])respond-async\s*(?:$|[,;])/i.test(preferences) }))
    .optional()
    .describe(
      '`respond-async` (RFC 7240): to be answered as soon as the file is kept, and imported whatever becomes of the server',
    )
    .meta({ examples: ['respond-async'] }),
})

export const importResult = importRecord.meta({ id: 'Import' })

export const rejectedRowList = rejectedRowPage
  .extend({ items: z.array(rejectedRow.meta({ id: 'RejectedRow' })).describe('What the page has') })
  .meta({ id: 'RejectedRowList', description: 'Rejected rows, by line' })
export const rejectedSummaryBody = rejectedSummary.meta({ id: 'RejectedSummary' })
export const rejectedStoreList = pageOf(rejectedStore.meta({ id: 'RejectedStore' })).meta({
  id: 'RejectedStoreList',
  description: 'Stores that rejected rows name, by id',
})

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
