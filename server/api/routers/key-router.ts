import { keyListInput, newKeyInput, revokeKeyInput } from '../../../shared/access-key.ts'
import { listAccessKeys } from '../../database/access-keys.ts'
import { createKey, revokeKey } from '../keys.ts'
import { procedureFor, router } from '../procedure.ts'

export const keyRouter = router({
  list: procedureFor('keys:manage')
    .input(keyListInput.prefault({}))
    .query(({ ctx, input }) => listAccessKeys(ctx.db, input, ctx.now())),
  /** Tells the key itself, this once. */
  create: procedureFor('keys:manage')
    .input(newKeyInput)
    .mutation(({ ctx, input }) => createKey(ctx, ctx.principal, input)),
  /** It is taken no more; its record stays. */
  revoke: procedureFor('keys:manage')
    .input(revokeKeyInput)
    .mutation(({ ctx, input }) => revokeKey(ctx, ctx.principal, input)),
})
