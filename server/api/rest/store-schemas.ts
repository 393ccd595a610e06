/** What the operations on stores and corrections take and answer, in the names of the files' columns. */
import * as z from 'zod'
import {
  checkRange,
  correction,
  correctionId,
  correctionListInput,
  newCorrectionFields,
  revokeCorrectionInput,
  type Correction,
} from '../../../shared/correction.ts'
import { givenLabels } from '../../../shared/group.ts'
import { pageOf } from '../../../shared/page.ts'
import {
  businessHoursFields,
  detailsFields,
  specialHoursFields,
  timezoneFields,
  validFromField,
} from '../../../shared/store-change.ts'
import { store } from '../../../shared/store.ts'
import { pageQuery } from './schemas.ts'

export const storeBody = store.meta({ id: 'Store' })
export const storeList = pageOf(storeBody).meta({ id: 'StoreList', description: 'Stores, by id' })
export const storeListQuery = pageQuery.extend({
  search: z.string().optional().describe('Only stores whose id contains this text'),
  labels: givenLabels,
})

const versioned = <Fields extends z.ZodRawShape>(fields: Fields) =>
  z.strictObject({ ...fields, valid_from: validFromField })
export const businessHoursBody = versioned(businessHoursFields).meta({
  id: 'BusinessHours',
  description: 'Weekly hours of a store',
  examples: [{ spans: [{ day: 0, start: '09:00', end: '17:30' }], valid_from: '2026-10-01T00:00:00Z' }],
})
export const timezoneBody = versioned(timezoneFields).meta({
  id: 'Timezone',
  description: 'The zone of a store',
  examples: [{ timezone: 'Europe/Berlin' }],
})
export const specialHoursBody = z.strictObject(specialHoursFields).meta({
  id: 'SpecialHours',
  description: 'Days of a store with hours of their own',
  examples: [{ days: [{ date: '2026-12-25', spans: [] }] }],
})
export const detailsBody = z.strictObject(detailsFields).meta({
  id: 'StoreDetails',
  description: 'What a store is called, and its groups',
  examples: [{ name: 'Berlin Mitte', labels: { city: 'Berlin' } }],
})

const { storeId: givenStoreId, from, to, ...newFields } = newCorrectionFields
export const newCorrectionBody = z
  .strictObject({ store_id: givenStoreId, from_utc: from, to_utc: to, ...newFields })
  .transform(({ store_id, from_utc, to_utc, ...fields }) => ({
    ...fields,
    storeId: store_id,
    from: from_utc,
    to: to_utc,
  }))
  .superRefine((given, context) => checkRange(given, context, 'from_utc'))
  .meta({
    id: 'NewCorrection',
    description: 'A correction that is to be made',
    examples: [
      {
        store_id: '8419537941919820732',
        from_utc: '2026-10-05T09:00:00Z',
        to_utc: '2026-10-05T11:30:00Z',
        kind: 'excused',
        reason: 'power cut in the street',
        author: 'Ann',
      },
    ],
  })

const correctionIdForm = 'a correction is known by its number, which starts at 1'
export const correctionPath = z.object({
  correction_id: z.coerce
    .number(correctionIdForm)
    .int(correctionIdForm)
    .positive(correctionIdForm)
    .pipe(correctionId)
    .meta({ description: correctionId.description, examples: [1] }),
})
export const revokeQuery = z.object({
  by: revokeCorrectionInput.shape.by,
  reason: revokeCorrectionInput.shape.reason,
})
export const correctionListQuery = pageQuery.extend({
  store_id: correctionListInput.shape.storeId,
  labels: givenLabels,
  state: correctionListInput.shape.state,
})

const { shape } = correction
export const correctionBody = z
  .object({
    correction_id: shape.correctionId,
    store_id: shape.storeId,
    from_utc: shape.from,
    to_utc: shape.to,
    kind: shape.kind,
    reason: shape.reason,
    author: shape.author,
    created_at: shape.createdAt,
    revoked_at: shape.revokedAt,
    revoked_by: shape.revokedBy,
  })
  .meta({ id: 'Correction', description: correction.description! })
export const correctionList = pageOf(correctionBody).meta({
  id: 'CorrectionList',
  description: 'Corrections, newest first',
})

/** A correction as this API writes it. */
export function correctionBodyOf(correction: Correction): z.output<typeof correctionBody> {
  return {
    correction_id: correction.correctionId,
    store_id: correction.storeId,
    from_utc: correction.from,
    to_utc: correction.to,
    kind: correction.kind,
    reason: correction.reason,
    author: correction.author,
    created_at: correction.createdAt,
    revoked_at: correction.revokedAt,
    revoked_by: correction.revokedBy,
  }
}
