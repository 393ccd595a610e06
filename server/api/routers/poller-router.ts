import { tryPollerInput } from '../../../shared/poller.ts'
import { procedureFor, router } from '../procedure.ts'

export const pollerRouter = router({
  /** What asks stores by turns, and what came of that. */
  list: procedureFor('sources:read').query(async ({ ctx }) => ({
    items: await (await ctx.pollers()).list(),
  })),
  /** What would be taken of a store's answer, or of one that is given. */
  try: procedureFor('sources:run')
    .input(tryPollerInput)
    .mutation(async ({ ctx, input: { name, ...options } }) => (await ctx.pollers()).try(name, options)),
})
