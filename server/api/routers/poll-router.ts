import { signed } from '../../access/principal.ts'
import { pageInput } from '../../../shared/page.ts'
import { listPollsInput } from '../../../shared/poll.ts'
import { ingestInput } from '../../../shared/push.ts'
import { listPushedHours } from '../../database/pushes.ts'
import { ingestPolls } from '../ingest-polls.ts'
import { deletePollsInput } from '../../../shared/deletion.ts'
import { answerPollDeletion } from '../deletions.ts'
import { procedureFor, router } from '../procedure.ts'

export const pollRouter = router({
  /** Answers when they are safe. Those that break a rule are left out, and told. */
  ingest: procedureFor('polls:write', 'itself')
    .input(ingestInput)
    .mutation(({ ctx, input }) => ingestPolls(ctx, input)),
  /** By store and time. */
  list: procedureFor('polls:read', 'storeId', 'labels')
    .input(listPollsInput.prefault({}))
    .query(({ ctx, input }) => ctx.polls.page(input)),
  /** What was pushed by hour and source, newest first. */
  pushed: procedureFor('polls:read')
    .input(pageInput.prefault({}))
    .query(({ ctx, input }) => listPushedHours(ctx.db, input)),
  /** Without `confirm`, what would be deleted. */
  delete: procedureFor('data:delete', 'store or labels')
    .input(deletePollsInput)
    .mutation(({ ctx, input }) => answerPollDeletion(ctx, signed(ctx.principal, input))),
})
