import { outboxInput, replayInput, testChannelInput } from '../../../shared/alert.ts'
import { endSilenceInput, newSilence, silenceListInput } from '../../../shared/silence.ts'
import { listSilences } from '../../database/silences.ts'
import { listOutbox } from '../../database/outbox.ts'
import { createSilence, endSilence } from '../silences.ts'
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
  /** Times in which some of what happens is not told. */
  silences: procedureFor('alerts:read')
    .input(silenceListInput.prefault({}))
    .query(({ ctx, input }) => listSilences(ctx.db, input, ctx.now())),
  /** Holds back what a silence is about; what is still so at its end is told then. */
  silence: procedureFor('alerts:run')
    .input(newSilence)
    .mutation(({ ctx, input }) => createSilence(ctx, ctx.principal, input)),
  /** Ends a silence early. */
  endSilence: procedureFor('alerts:run')
    .input(endSilenceInput)
    .mutation(({ ctx, input }) => endSilence(ctx, ctx.principal, input)),
  /** Has a dead letter sent again. */
  replay: procedureFor('alerts:run')
    .input(replayInput)
    .mutation(async ({ ctx, input: { messageId } }) => (await ctx.alerts()).replay(messageId)),
})
