import * as z from 'zod'
import { storeId } from './ids.ts'
import { judgingOptions } from './report.ts'
import { tallyFields } from './tally-fields.ts'

const mostStores = 100
const howMany = `1 to ${mostStores} stores can be asked for at once: ask for the others in another call`

export const stripsInput = judgingOptions.extend({
  storeIds: z.array(storeId).min(1, howMany).max(mostStores, howMany).describe('The stores that are meant'),
})
export type StripsQuery = z.output<typeof stripsInput>

const stripDay = z
  .object({ date: z.string().describe('The local date'), ...tallyFields })
  .describe('The business time of a local date by status, up to as_of')

const strip = z
  .object({
    storeId,
    days: z.array(stripDay).describe('The last seven local dates up to as_of, in order'),
  })
  .describe("A store's last days")
export type Strip = z.infer<typeof strip>

export const strips = z.array(strip).describe('In the order in which the stores were asked for')
