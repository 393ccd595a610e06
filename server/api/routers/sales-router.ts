import { salesListInput } from '../../../shared/sales-at-risk.ts'
import { procedureFor, router } from '../procedure.ts'

export const salesRouter = router({
  /** What stores lost while they were down, as ranges: of a store or of all. */
  atRisk: procedureFor('stores:read', 'storeId', 'labels')
    .input(salesListInput)
    .query(async ({ ctx, input }) => {
      const { listSalesAtRisk } = await import('../../insight/sales-at-risk.ts')
      return listSalesAtRisk(ctx.db, input)
    }),
})
