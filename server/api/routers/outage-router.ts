import { outageGroupsInput, outageListInput } from '../../../shared/outage.ts'
import { withoutHint } from '../../access/kept-answers.ts'
import { procedureFor, router } from '../procedure.ts'

export const outageRouter = router({
  /** Outages of a store or of all, whole. */
  list: procedureFor('stores:read', 'storeId', 'labels')
    .input(outageListInput)
    .query(async ({ ctx, input }) => {
      const { listOutages } = await import('../../insight/outages.ts')
      return listOutages(ctx.db, input)
    }),
  /** The same rolled up by a label: a row for each of its values. */
  groups: procedureFor('stores:read', 'labels')
    .input(outageGroupsInput)
    .query(async ({ ctx, input }) => {
      const { groupOutages } = await import('../../insight/outage-groups.ts')
      return withoutHint(ctx.principal, await groupOutages(ctx.db, input))
    }),
})
