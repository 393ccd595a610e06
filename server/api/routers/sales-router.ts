import { salesGroupsInput, salesListInput } from '../../../shared/sales-at-risk.ts'
import { withoutHint } from '../../access/kept-answers.ts'
import { procedureFor, router } from '../procedure.ts'

export const salesRouter = router({
  /** What stores lost while they were down, as ranges: of a store or of all. */
  atRisk: procedureFor('stores:read', 'storeId', 'labels')
    .input(salesListInput)
    .query(async ({ ctx, input }) => {
      const { listSalesAtRisk } = await import('../../insight/sales-at-risk.ts')
      return listSalesAtRisk(ctx.db, input)
    }),
  /** The same of all together, or rolled up by a label: a row for each of its values, and currency. */
  groups: procedureFor('stores:read', 'labels')
    .input(salesGroupsInput)
    .query(async ({ ctx, input }) => {
      const { groupSales } = await import('../../insight/sales-groups.ts')
      return withoutHint(ctx.principal, await groupSales(ctx.db, input))
    }),
})
