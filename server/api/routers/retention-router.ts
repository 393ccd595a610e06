import { retentionInput } from '../../../shared/retention.ts'
import { procedureFor, router } from '../procedure.ts'

export const retentionRouter = router({
  /** Deletes now what is older than the settings keep it, as a server does by itself. */
  run: procedureFor('data:delete')
    .input(retentionInput.prefault({}))
    .mutation(({ ctx, input }) => ctx.retention.run(input)),
})
