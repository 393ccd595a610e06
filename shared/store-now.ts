import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { givenLabels } from './group.ts'
import { storeId } from './ids.ts'
import { pageInput, pageOf } from './page.ts'
import { storeStates, type StoreState } from './store-state.ts'

export const downStoresInput = pageInput.extend({ labels: givenLabels })
export type DownStoresQuery = z.output<typeof downStoresInput>

export const downStore = z
  .object({
    storeId,
    name: z.string().nullable().describe('What the store is called; null where no file says so'),
    timezone: z.string().describe('The zone that it is in'),
    since: isoInstant.describe('When the outage began that it is in'),
    sinceIsCut: z
      .boolean()
      .describe('Whether the outage began earlier, a week or more ago: since is the first of it in the week'),
    downForMs: count.describe('Its downtime in the last week, so far, in milliseconds of business time'),
    lastPoll: isoInstant.describe('Its last poll'),
  })
  .describe('A store that is down')
export type DownStore = z.infer<typeof downStore>

const storeCounts = z
  .object(
    Object.fromEntries(
      storeStates.map((state) => [state, count.describe(`Stores that are ${state}`)]),
    ) as Record<StoreState, typeof count>,
  )
  .describe('How many stores are what')

export const downStores = pageOf(downStore)
  .extend({
    asOf: isoInstant.describe('The latest poll of any store: all is as of then'),
    counts: storeCounts.describe('How many stores, of those that are asked about, are what'),
  })
  .describe('The stores that are down, those first that have been so for the longest')
export type DownStores = z.infer<typeof downStores>
