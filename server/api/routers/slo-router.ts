import { sloGroupsInput, sloListInput } from '../../../shared/slo.ts'
import { withoutHint } from '../../access/kept-answers.ts'
import { procedureFor, router } from '../procedure.ts'

export const sloRouter = router({
  /** Where stores stand in a month by the rules of budget: a store or all. */
  list: procedureFor('stores:read', 'storeId', 'labels')
    .input(sloListInput.prefault({}))
    .query(async ({ ctx, input }) => {
      const { listSlos } = await import('../../insight/slos.ts')
      return listSlos(ctx.db, input)
    }),
  /** The same of all together, or rolled up by a label: a row for each of its values, and rule. */
  groups: procedureFor('stores:read', 'labels')
    .input(sloGroupsInput.prefault({}))
    .query(async ({ ctx, input }) => {
      const { groupSlos } = await import('../../insight/slo-groups.ts')
      return withoutHint(ctx.principal, await groupSlos(ctx.db, input))
    }),
})
