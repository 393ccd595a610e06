import { procedureFor, router } from '../procedure.ts'
import { callerTold } from '../sessions.ts'

export const sessionRouter = router({
  /** Who asks. Sessions begin and end over REST, as they are cookies. */
  read: procedureFor('public', 'itself').query(({ ctx }) => callerTold(ctx, ctx.principal)),
})
