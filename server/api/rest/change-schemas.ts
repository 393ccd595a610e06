/** What the operations on changes take and answer. */
import { change, changeListInput } from '../../../shared/change.ts'
import { pageOf } from '../../../shared/page.ts'
import { pageQuery } from './schemas.ts'

const { shape: query } = changeListInput
export const changeListQuery = pageQuery.extend({
  store_id: query.storeId,
  kind: query.kind,
  since: query.since,
})

const changeBody = change.meta({ id: 'Change' })
export const changeList = pageOf(changeBody).meta({ id: 'ChangeList', description: 'Changes, newest first' })
