/** What is told of, and by what rules: one document, which is kept in versions. */
import * as z from 'zod'
import { alertRule, givenSpan, type AlertRule } from './alert-rule.ts'
import { changedBy } from './changed-by.ts'
import { count, isoInstant } from './fields.ts'
import { interpolations } from './interpolation.ts'

/** Those by which incidents are found where nobody has said otherwise. */
const usualRules = (['down', 'no-data', 'unstable', 'blind', 'late'] as const).map((condition) => ({
  condition,
}))

export const alertRules = z
  .strictObject({
    interpolation: z
      .enum(interpolations, `write ${interpolations.join(' or ')}`)
      .default('nearest')
      .describe('Which poll speaks for a moment (default: nearest)'),
    reach: givenSpan('24h', { most: 7 * 86_400_000 }).describe(
      'How far from a poll its status counts (default: 24h)',
    ),
    grid: givenSpan('5m', { most: 3_600_000 }).describe(
      'How often many stores are looked at together, in data time (default: 5m)',
    ),
    rules: z
      .array(alertRule, 'write a list of rules, or leave the key out')
      .max(1000, 'at most 1,000 rules')
      .superRefine(haveOwnScopes)
      .prefault(usualRules)
      .describe(
        'What incidents are found by; left out, those of stores that are down, not polled or unstable, and of feeds that are blind or late',
      ),
  })
  .describe('What is told of, and by what rules')
export type AlertRules = z.output<typeof alertRules>
export type AlertRulesGiven = z.input<typeof alertRules>

/** Which of several rules of a store is in force is a question only among those of the same kind. */
export function kindOfRule(rule: AlertRule): string {
  if (rule.condition === 'group-share') return `${rule.condition} by ${rule.by}`
  if (rule.condition === 'uptime' || rule.condition === 'drop') return `${rule.condition} over ${rule.days} d`
  return rule.condition
}

/** Of what a rule is, in words. */
function scopeInWords({ store, group }: Pick<AlertRule, 'store' | 'group'>): string {
  if (store !== undefined) return `store ${store}`
  return group === undefined ? 'all stores' : `stores of ${group.toSorted().join(' and ')}`
}

function haveOwnScopes(rules: readonly AlertRule[], context: z.core.$RefinementCtx<AlertRule[]>): void {
  const known = new Map<string, number>()
  for (const [i, rule] of rules.entries()) {
    const what = `${kindOfRule(rule)} of ${scopeInWords(rule)}`
    const before = known.get(what)
    if (before === undefined) known.set(what, i)
    else {
      const message = `it is a rule of ${what}, as rule ${before + 1} is: leave one of them out`
      context.addIssue({ code: 'custom', path: [i], message })
    }
  }
}

export const alertRulesVersion = z
  .object({
    version: count.describe('Its number; 0: nobody has said anything, and the rules are the usual ones'),
    at: isoInstant.nullable().describe('When it was made; null of version 0'),
    by: z.string().nullable().describe('Who made it; null where that was not said'),
    reason: z.string().nullable().describe('Why; null where that was not said'),
    rules: alertRules.describe('All of it, also what was left out'),
  })
  .describe('What is told of, and since when')
export type AlertRulesVersion = z.output<typeof alertRulesVersion>

export const applyRulesInput = z.strictObject({
  rules: alertRules.describe('All rules, as they are to be from now on'),
  ...changedBy,
})

export const readRulesInput = z.strictObject({
  version: z.int().nonnegative().optional().describe('Which version; left out, the one in force'),
})
