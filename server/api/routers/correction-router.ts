import { correctionListInput, newCorrection, revokeCorrectionInput } from '../../../shared/correction.ts'
import { createCorrection, listCorrections, revokeCorrection } from '../../database/correction-records.ts'
import { procedure, router } from '../procedure.ts'

export const correctionRouter = router({
  list: procedure
    .input(correctionListInput.prefault({}))
    .query(({ ctx, input }) => listCorrections(ctx.db, input)),
  /** The same one twice is one. */
  create: procedure
    .input(newCorrection)
    .mutation(({ ctx, input: { from, to, ...correction } }) =>
      ctx.change((tx) => createCorrection(tx, { ...correction, fromMs: from, toMs: to }, ctx.now())),
    ),
  /** It counts no more; its record stays. */
  revoke: procedure
    .input(revokeCorrectionInput)
    .mutation(({ ctx, input: { correctionId, by, reason } }) =>
      ctx.change((tx) => revokeCorrection(tx, correctionId, { by, reason, at: ctx.now() })),
    ),
})
