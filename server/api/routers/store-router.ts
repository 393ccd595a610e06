import { tracked } from '@trpc/server'
import { signed } from '../../access/principal.ts'
import { deleteStoreInput } from '../../../shared/deletion.ts'
import { historyInput } from '../../../shared/history.ts'
import { storeUptimeInput } from '../../../shared/report.ts'
import {
  setBusinessHoursInput,
  setDetailsInput,
  setSpecialHoursInput,
  setTimezoneInput,
} from '../../../shared/store-change.ts'
import { downStoresInput, storeChangesInput } from '../../../shared/store-now.ts'
import { setRevenueInput } from '../../../shared/store-revenue.ts'
import { stripsInput } from '../../../shared/store-strip.ts'
import { storeIdInput, storeListInput } from '../../../shared/store.ts'
import { suggestInput } from '../../../shared/suggestion.ts'
import { timelineInput } from '../../../shared/timeline.ts'
import {
  setBusinessHours,
  setDetails,
  setSpecialHours,
  setStoreRevenue,
  setTimezone,
} from '../../database/store-changes.ts'
import { readStoreRevenue } from '../../database/store-revenue.ts'
import { getStore, keyOfStore, listStores } from '../../database/stores.ts'
import type { ToldEvent } from '../../live/change-feed.ts'
import { answerStoreDeletion } from '../deletions.ts'
import { procedureFor, router } from '../procedure.ts'

export const storeRouter = router({
  get: procedureFor('stores:read', 'storeId')
    .input(storeIdInput)
    .query(({ ctx, input }) => getStore(ctx.db, input.storeId)),
  /** The row that a report would have for one store, at once. */
  uptime: procedureFor('stores:read', 'storeId')
    .input(storeUptimeInput)
    .query(({ ctx, input: { storeId, ...options } }) => ctx.reports.storeRow(storeId, options)),
  /** Those that are down as of the latest poll, the longest first, and how many are what. */
  down: procedureFor('stores:read', 'labels')
    .input(downStoresInput.prefault({}))
    .query(({ ctx, input }) => ctx.live.down(input)),
  /** Which stores go down, and which are not down any more; goes on where a lost connection left off. */
  changes: procedureFor('stores:read', 'storeId', 'labels')
    .input(storeChangesInput.prefault({}))
    .subscription(async ({ ctx, input, signal }) => {
      const { storeId, labels, lastEventId } = input
      if (storeId !== undefined) await keyOfStore(ctx.db, storeId)
      return changeEvents(ctx.live.watch({ storeId, labels }, lastEventId ?? undefined, signal))
    }),
  list: procedureFor('stores:read', 'labels')
    .input(storeListInput.prefault({}))
    .query(({ ctx, input }) => listStores(ctx.db, input)),
  /** In place of all that it had, or from an instant on. So `setTimezone`. */
  setBusinessHours: procedureFor('stores:write', 'storeId')
    .input(setBusinessHoursInput)
    .mutation(({ ctx, input }) =>
      ctx.change((tx) => setBusinessHours(tx, signed(ctx.principal, input), ctx.now())),
    ),
  setTimezone: procedureFor('stores:write', 'storeId')
    .input(setTimezoneInput)
    .mutation(({ ctx, input }) =>
      ctx.change((tx) => setTimezone(tx, signed(ctx.principal, input), ctx.now())),
    ),
  /** Of the dates that are named. */
  setSpecialHours: procedureFor('stores:write', 'storeId')
    .input(setSpecialHoursInput)
    .mutation(({ ctx, input }) =>
      ctx.change((tx) => setSpecialHours(tx, signed(ctx.principal, input), ctx.now())),
    ),
  setDetails: procedureFor('stores:write', 'storeId', 'no labels')
    .input(setDetailsInput)
    .mutation(({ ctx, input }) =>
      ctx.change((tx) => setDetails(tx, signed(ctx.principal, input), ctx.now())),
    ),
  /** What people say that it takes in an hour. */
  revenue: procedureFor('stores:read', 'storeId')
    .input(storeIdInput)
    .query(({ ctx, input }) => readStoreRevenue(ctx.db, input.storeId)),
  setRevenue: procedureFor('stores:write', 'storeId')
    .input(setRevenueInput)
    .mutation(({ ctx, input }) =>
      ctx.change((tx) => setStoreRevenue(tx, signed(ctx.principal, input), ctx.now())),
    ),
  /** With all that is of it; without `confirm`, what that would be. */
  delete: procedureFor('data:delete', 'storeId')
    .input(deleteStoreInput)
    .mutation(({ ctx, input }) => answerStoreDeletion(ctx, signed(ctx.principal, input))),
  /** Its time in a window, taken apart down to the polls. */
  timeline: procedureFor('stores:read', 'storeId')
    .input(timelineInput)
    .query(async ({ ctx, input }) => {
      const { readTimeline } = await import('../../insight/timeline.ts')
      return readTimeline(ctx.db, input)
    }),
  /** The last days of a few stores. */
  strips: procedureFor('stores:read', 'storeIds')
    .input(stripsInput)
    .query(async ({ ctx, input }) => {
      const { readStrips } = await import('../../insight/strips.ts')
      return readStrips(ctx.db, input)
    }),
  /** Those whose ids are near to what was written for one. */
  suggest: procedureFor('stores:read', 'itself')
    .input(suggestInput)
    .query(async ({ ctx, input }) => {
      const { suggestStores } = await import('../../insight/suggestions.ts')
      return suggestStores(ctx.db, input, ctx.principal.groups)
    }),
  /** Its totals by day, week, month or hour of the week, at once. */
  history: procedureFor('stores:read', 'storeId')
    .input(historyInput)
    .query(async ({ ctx, input }) => {
      const { readHistory } = await import('../../insight/history.ts')
      return readHistory(ctx.db, input)
    }),
})

async function* changeEvents(events: AsyncGenerator<ToldEvent, void>) {
  for await (const { id, data } of events) yield tracked(id, data)
}
