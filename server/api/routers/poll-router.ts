import { deletePollsInput } from '../../../shared/deletion.ts'
import { answerPollDeletion } from '../deletions.ts'
import { procedure, router } from '../procedure.ts'

export const pollRouter = router({
  /** Without `confirm`, what would be deleted. */
  delete: procedure.input(deletePollsInput).mutation(({ ctx, input }) => answerPollDeletion(ctx, input)),
})
