import { applyRulesInput, readRulesInput } from '../../../shared/alert-rules.ts'
import { signed } from '../../access/principal.ts'
import { applyAlertRules, readAlertRules } from '../../database/alert-rules.ts'
import { procedureFor, router } from '../procedure.ts'

export const alertRuleRouter = router({
  /** Those in force, or those of a version. */
  read: procedureFor('alerts:read')
    .input(readRulesInput.prefault({}))
    .query(({ ctx, input }) => readAlertRules(ctx.db, input.version)),
  /** All rules anew; the same again change nothing. */
  set: procedureFor('alerts:write')
    .input(applyRulesInput)
    .mutation(({ ctx, input: { rules, ...said } }) => {
      const made = { ...signed(ctx.principal, said), at: ctx.now() }
      return ctx.change((tx) => applyAlertRules(tx, rules, made))
    }),
})
