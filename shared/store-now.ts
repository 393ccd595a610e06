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

export const storeChangesInput = z.strictObject({
  storeId: storeId.optional().describe('Only of this store'),
  labels: givenLabels,
  lastEventId: z.string().nullish().describe('The last event that was received, to go on from'),
})
export type StoreChangesQuery = z.output<typeof storeChangesInput>

export const storeChange = z
  .object({
    storeId,
    name: z.string().nullable().describe('What the store is called; null where no file says so'),
    timezone: z.string().describe('The zone that it is in'),
    from: z.enum(storeStates).nullable().describe('What it was; null where there was no such store'),
    to: z.enum(storeStates).nullable().describe('What it is now; null where it was deleted'),
    since: isoInstant.nullable().describe('When the outage began that it is in; null unless it is down'),
    lastPoll: isoInstant.nullable().describe('Its last poll; null where it was deleted'),
  })
  .describe('A store that went down, or is not down any more')
export type StoreChange = z.infer<typeof storeChange>

export const storeChanges = z
  .object({
    asOf: isoInstant.nullable().describe('The latest poll of any store; null where there is none'),
    isResync: z
      .boolean()
      .describe('Whether more has changed than can be told: which stores are down is to be asked for again'),
    changes: z.array(storeChange).describe('Each store once, with what has become of it; none at first'),
  })
  .describe('What has changed since the event before')
export type StoreChanges = z.infer<typeof storeChanges>
