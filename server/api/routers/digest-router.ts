import { previewInput } from '../../../shared/digest.ts'
import { procedureFor, router } from '../procedure.ts'

export const digestRouter = router({
  /** What is told of each day or week, what was told last, and when it is next. */
  list: procedureFor('alerts:read').query(async ({ ctx }) => ({
    items: await (await ctx.digests()).list(),
  })),
  /** What would be told of a day or a week; nothing is sent or kept. */
  preview: procedureFor('reports:request')
    .input(previewInput)
    .mutation(async ({ ctx, input }) => (await ctx.digests()).preview(input)),
})
