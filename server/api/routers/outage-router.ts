import { outageGroupsInput, outageListInput } from '../../../shared/outage.ts'
import { procedureFor, router } from '../procedure.ts'

export const outageRouter = router({
  /** Outages of a store or of all, whole. */
  list: procedureFor('stores:read')
    .input(outageListInput)
    .query(async ({ ctx, input }) => {
      const { listOutages } = await import('../../insight/outages.ts')
      return listOutages(ctx.db, input)
    }),
  /** The same rolled up by a label: a row for each of its values. */
  groups: procedureFor('stores:read')
    .input(outageGroupsInput)
    .query(async ({ ctx, input }) => {
      const { groupOutages } = await import('../../insight/outage-groups.ts')
      return groupOutages(ctx.db, input)
    }),
})
