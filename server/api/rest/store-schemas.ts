/** What the operations on stores and corrections take and answer. */
import * as z from 'zod'
import {
  correction,
  correctionId,
  correctionListInput,
  newCorrection,
  revokeCorrectionInput,
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
import { revenueFields, storeRevenue } from '../../../shared/store-revenue.ts'
import { store } from '../../../shared/store.ts'
import { pageQuery } from './schemas.ts'

export const storeBody = store.meta({ id: 'Store' })
export const storeList = pageOf(storeBody).meta({ id: 'StoreList', description: 'Stores, by id' })
export const storeListQuery = pageQuery.extend({
  search: z.string().optional().describe('Only stores whose id contains this text'),
  labels: givenLabels,
})

const versioned = <Fields extends z.ZodRawShape>(fields: Fields) =>
  z.strictObject({ ...fields, validFrom: validFromField })
export const businessHoursBody = versioned(businessHoursFields).meta({
  id: 'BusinessHours',
  description: 'Weekly hours of a store',
  examples: [{ spans: [{ day: 0, start: '09:00', end: '17:30' }], validFrom: '2026-10-01T00:00:00Z' }],
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
export const revenueBody = z.strictObject(revenueFields).meta({
  id: 'NewStoreRevenue',
  description: 'What a store takes in an hour',
  examples: [{ perHour: 120.5, currency: 'EUR' }],
})
export const storeRevenueBody = storeRevenue.meta({ id: 'StoreRevenue' })

export const newCorrectionBody = newCorrection.meta({
  id: 'NewCorrection',
  description: 'A correction that is to be made',
  examples: [
    {
      storeId: '8419537941919820732',
      from: '2026-10-05T09:00:00Z',
      to: '2026-10-05T11:30:00Z',
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

export const correctionBody = correction.meta({ id: 'Correction' })
export const correctionList = pageOf(correctionBody).meta({
  id: 'CorrectionList',
  description: 'Corrections, newest first',
})
