import { tracked } from '@trpc/server'
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
import { stripsInput } from '../../../shared/store-strip.ts'
import { storeIdInput, storeListInput } from '../../../shared/store.ts'
import { suggestInput } from '../../../shared/suggestion.ts'
import { timelineInput } from '../../../shared/timeline.ts'
import { setBusinessHours, setDetails, setSpecialHours, setTimezone } from '../../database/store-changes.ts'
import { getStore, keyOfStore, listStores } from '../../database/stores.ts'
import type { ToldEvent } from '../../live/change-feed.ts'
import { answerStoreDeletion } from '../deletions.ts'
import { procedure, router } from '../procedure.ts'

export const storeRouter = router({
  get: procedure.input(storeIdInput).query(({ ctx, input }) => getStore(ctx.db, input.storeId)),
  /** The row that a report would have for one store, at once. */
  uptime: procedure
    .input(storeUptimeInput)
    .query(({ ctx, input: { storeId, ...options } }) => ctx.reports.storeRow(storeId, options)),
  /** Those that are down as of the latest poll, the longest first, and how many are what. */
  down: procedure.input(downStoresInput.prefault({})).query(({ ctx, input }) => ctx.live.down(input)),
  /** Which stores go down, and which are not down any more; goes on where a lost connection left off. */
  changes: procedure.input(storeChangesInput.prefault({})).subscription(async ({ ctx, input, signal }) => {
    const { storeId, labels, lastEventId } = input
    if (storeId !== undefined) await keyOfStore(ctx.db, storeId)
    return changeEvents(ctx.live.watch({ storeId, labels }, lastEventId ?? undefined, signal))
  }),
  list: procedure.input(storeListInput.prefault({})).query(({ ctx, input }) => listStores(ctx.db, input)),
  /** In place of all that it had, or from an instant on. So `setTimezone`. */
  setBusinessHours: procedure
    .input(setBusinessHoursInput)
    .mutation(({ ctx, input }) => ctx.change((tx) => setBusinessHours(tx, input, ctx.now()))),
  setTimezone: procedure
    .input(setTimezoneInput)
    .mutation(({ ctx, input }) => ctx.change((tx) => setTimezone(tx, input, ctx.now()))),
  /** Of the dates that are named. */
  setSpecialHours: procedure
    .input(setSpecialHoursInput)
    .mutation(({ ctx, input }) => ctx.change((tx) => setSpecialHours(tx, input, ctx.now()))),
  setDetails: procedure
    .input(setDetailsInput)
    .mutation(({ ctx, input }) => ctx.change((tx) => setDetails(tx, input, ctx.now()))),
  /** With all that is of it; without `confirm`, what that would be. */
  delete: procedure.input(deleteStoreInput).mutation(({ ctx, input }) => answerStoreDeletion(ctx, input)),
  /** Its time in a window, taken apart down to the polls. */
  timeline: procedure.input(timelineInput).query(async ({ ctx, input }) => {
    const { readTimeline } = await import('../../insight/timeline.ts')
    return readTimeline(ctx.db, input)
  }),
  /** The last days of a few stores. */
  strips: procedure.input(stripsInput).query(async ({ ctx, input }) => {
    const { readStrips } = await import('../../insight/strips.ts')
    return readStrips(ctx.db, input)
  }),
  /** Those whose ids are near to what was written for one. */
  suggest: procedure.input(suggestInput).query(async ({ ctx, input }) => {
    const { suggestStores } = await import('../../insight/suggestions.ts')
    return suggestStores(ctx.db, input)
  }),
  /** Its totals by day, week, month or hour of the week, at once. */
  history: procedure.input(historyInput).query(async ({ ctx, input }) => {
    const { readHistory } = await import('../../insight/history.ts')
    return readHistory(ctx.db, input)
  }),
})

async function* changeEvents(events: AsyncGenerator<ToldEvent, void>) {
  for await (const { id, data } of events) yield tracked(id, data)
}
