/** What the operations on changes take and answer. */
import * as z from 'zod'
import { change, changeListInput, changePage } from '../../../shared/change.ts'
import { pageQuery } from './schemas.ts'

const { shape: query } = changeListInput
export const changeListQuery = pageQuery.extend({
  store_id: query.storeId,
  kind: query.kind,
  since: query.since,
})

const changeBody = change.meta({ id: 'Change' })
export const changeList = changePage
  .extend({ items: z.array(changeBody).describe('What the page has') })
  .meta({ id: 'ChangeList', description: 'Changes, newest first' })
