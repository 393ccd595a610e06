import { pageInput } from '../../../shared/page.ts'
import { listPollsInput } from '../../../shared/poll.ts'
import { ingestInput } from '../../../shared/push.ts'
import { listPushedHours } from '../../database/pushes.ts'
import { ingestPolls } from '../ingest-polls.ts'
import { deletePollsInput } from '../../../shared/deletion.ts'
import { answerPollDeletion } from '../deletions.ts'
import { procedure, router } from '../procedure.ts'

export const pollRouter = router({
  /** Answers when they are safe. Those that break a rule are left out, and told. */
  ingest: procedure.input(ingestInput).mutation(({ ctx, input }) => ingestPolls(ctx, input)),
  /** By store and time. */
  list: procedure.input(listPollsInput.prefault({})).query(({ ctx, input }) => ctx.polls.page(input)),
  /** What was pushed by hour and source, newest first. */
  pushed: procedure.input(pageInput.prefault({})).query(({ ctx, input }) => listPushedHours(ctx.db, input)),
  /** Without `confirm`, what would be deleted. */
  delete: procedure.input(deletePollsInput).mutation(({ ctx, input }) => answerPollDeletion(ctx, input)),
})
