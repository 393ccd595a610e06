import { revokeSessionInput, sessionListInput } from '../../../shared/open-session.ts'
import { endOpenSession, openSessions } from '../open-sessions.ts'
import { procedureFor, router } from '../procedure.ts'
import { callerTold } from '../sessions.ts'

export const sessionRouter = router({
  /** Who asks. Sessions begin and end over REST, as they are cookies. */
  read: procedureFor('public', 'itself').query(({ ctx }) => callerTold(ctx, ctx.principal)),
  /** Those of all who signed in, newest first. */
  list: procedureFor('keys:manage')
    .input(sessionListInput.prefault({}))
    .query(({ ctx, input }) => openSessions(ctx, input)),
  /** Ends that of another. */
  revoke: procedureFor('keys:manage')
    .input(revokeSessionInput)
    .mutation(({ ctx, input }) => endOpenSession(ctx, ctx.principal, input)),
})
