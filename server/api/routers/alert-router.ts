import { outboxInput, replayInput, testChannelInput } from '../../../shared/alert.ts'
import { listOutbox } from '../../database/outbox.ts'
import { procedureFor, router } from '../procedure.ts'

export const alertRouter = router({
  /** By what is told what happened, and how it has been. */
  channels: procedureFor('alerts:read').query(async ({ ctx }) => ({
    items: await (await ctx.alerts()).channels(),
  })),
  /** Sends a message that is marked as a test, as any other is sent; what became of it. */
  test: procedureFor('alerts:run')
    .input(testChannelInput)
    .mutation(async ({ ctx, input: { name } }) => (await ctx.alerts()).test(name)),
  /** What is to be told, or was. */
  outbox: procedureFor('alerts:read')
    .input(outboxInput.prefault({}))
    .query(({ ctx, input }) => listOutbox(ctx.db, input)),
  /** Has a dead letter sent again. */
  replay: procedureFor('alerts:run')
    .input(replayInput)
    .mutation(async ({ ctx, input: { messageId } }) => (await ctx.alerts()).replay(messageId)),
})
