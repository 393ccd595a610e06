import { pullInput, tryInput } from '../../../shared/source.ts'
import { procedureFor, router } from '../procedure.ts'

export const sourceRouter = router({
  /** What is pulled by a schedule: what became of it, and when it is next. */
  list: procedureFor('sources:read').query(async ({ ctx }) => ({
    items: await (await ctx.sources()).list(),
  })),
  /** Pulls one now; by default, what was imported last is not imported again. */
  pull: procedureFor('sources:run')
    .input(pullInput)
    .mutation(async ({ ctx, input: { name, ...options } }) => (await ctx.sources()).pull(name, options)),
  /** What would be taken of one, or of an answer that is given. */
  try: procedureFor('sources:run')
    .input(tryInput)
    .mutation(async ({ ctx, input: { name, answer } }) => (await ctx.sources()).try(name, answer)),
})
