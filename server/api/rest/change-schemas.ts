/** What the operations on changes take and answer, in the names of the files' columns. */
import * as z from 'zod'
import { change, changeListInput, type Change } from '../../../shared/change.ts'
import { pageOf } from '../../../shared/page.ts'
import { pageQuery } from './schemas.ts'

const { shape: query } = changeListInput
export const changeListQuery = pageQuery.extend({
  store_id: query.storeId,
  kind: query.kind,
  since: query.since,
})

const { shape } = change
export const changeBody = z
  .object({
    change_id: shape.changeId,
    at: shape.at,
    kind: shape.kind,
    what: shape.what,
    import_id: shape.importId,
    store_id: shape.storeId,
    correction_id: shape.correctionId,
    labels: shape.labels,
    from_utc: shape.from,
    to_utc: shape.to,
    polls: shape.polls,
    rows_changed: shape.rowsChanged,
    stores: shape.stores,
    author: shape.author,
    reason: shape.reason,
  })
  .meta({ id: 'Change', description: change.description! })
export const changeList = pageOf(changeBody).meta({ id: 'ChangeList', description: 'Changes, newest first' })

/** A change as this API writes it. */
export function changeBodyOf({
  changeId,
  importId,
  storeId,
  correctionId,
  from,
  to,
  rowsChanged,
  ...same
}: Change): z.output<typeof changeBody> {
  return {
    change_id: changeId,
    import_id: importId,
    store_id: storeId,
    correction_id: correctionId,
    from_utc: from,
    to_utc: to,
    rows_changed: rowsChanged,
    ...same,
  }
}
