import { correctionListInput, newCorrection, revokeCorrectionInput } from '../../../shared/correction.ts'
import { authorOf } from '../../access/principal.ts'
import { createCorrection, listCorrections, revokeCorrection } from '../../database/correction-records.ts'
import { procedureFor, router } from '../procedure.ts'

export const correctionRouter = router({
  list: procedureFor('stores:read', 'storeId', 'labels')
    .input(correctionListInput.prefault({}))
    .query(({ ctx, input }) => listCorrections(ctx.db, input)),
  /** The same one twice is one. */
  create: procedureFor('stores:write', 'storeId')
    .input(newCorrection)
    .mutation(({ ctx, input: { from, to, author: said, ...correction } }) => {
      const author = authorOf(ctx.principal, said)
      const made = { ...correction, author, fromMs: from, toMs: to }
      return ctx.change((tx) => createCorrection(tx, made, ctx.now()))
    }),
  /** It counts no more; its record stays. */
  revoke: procedureFor('stores:write', 'correctionId')
    .input(revokeCorrectionInput)
    .mutation(({ ctx, input: { correctionId, by, reason } }) =>
      ctx.change((tx) =>
        revokeCorrection(tx, correctionId, {
          by: authorOf(ctx.principal, by),
          reason,
          at: ctx.now(),
        }),
      ),
    ),
})
