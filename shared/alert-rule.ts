/** The rules by which incidents are found: 33 to 41 of docs/uptime.md. */
import * as z from 'zod'
import { AppError } from './app-error.ts'
import { parseDuration } from './duration.ts'
import { givenLabel, givenLabels } from './group.ts'
import { storeId } from './ids.ts'
import { isOfMany, severities, type IncidentCondition, type Severity } from './incident-condition.ts'
import { writtenLabel } from './label.ts'
import { readBy } from './read-by.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** A duration as it is written, and kept so. */
export function givenSpan(usual: string, { least = MINUTE_MS, most = 400 * DAY_MS } = {}) {
  const span = z.string('write a duration such as "30m", "24h" or "7d"').transform(
    readBy((text: string) => {
      const ms = parseDuration(text)
      if (ms >= least && ms <= most) return text
      throw new AppError('invalid', `"${text}" is ${ms < least ? 'too short' : 'too long'}`)
    }),
  )
  return span
    .pipe(z.string())
    .prefault(usual)
    .meta({ examples: [usual] })
}

function givenCount(usual: number, least: number, most: number) {
  const form = `write a whole number from ${least} to ${most}`
  return z.int(form).min(least, form).max(most, form).default(usual)
}

function givenPercent(least = 0, most = 100) {
  const form = `write a number from ${least} to ${most}: a percentage`
  return z.number(form).min(least, form).max(most, form)
}

const scope = {
  enabled: z
    .boolean('write true or false')
    .default(true)
    .describe('false: nothing is told of these stores (default: true)'),
  note: z
    .string('write a text')
    .trim()
    .min(1, 'write a text, or leave it out')
    .max(500, 'at most 500 characters')
    .optional()
    .describe('What is to be done, as whoever is told of it reads it'),
  store: storeId
    .optional()
    .describe('Only of this store; such a rule replaces those of groups and of all stores'),
  group: givenLabels
    .transform((labels) => labels?.map(writtenLabel))
    .pipe(z.array(z.string()).optional())
    .describe(
      'Only of stores that are in all of these groups, each as label=value; it replaces rules of fewer groups and of all stores',
    ),
}

function severity(usual: Severity) {
  return z
    .enum(severities, `write ${severities.join(', ')}`)
    .default(usual)
    .describe(`How much it matters (default: ${usual})`)
}

function conditionOf<Condition extends IncidentCondition>(condition: Condition) {
  return z.literal(condition).describe('What incidents it finds')
}

const expire = givenSpan('7d').describe('How long without a word until it is over (default: 7d)')

export const downRule = z
  .strictObject({
    condition: conditionOf('down'),
    ...scope,
    severity: severity('error'),
    for: givenSpan('30m', { least: 0 }).describe('Business time since the outage began (default: 30m)'),
    polls: givenCount(2, 1, 100).describe('How many inactive polls there have to be (default: 2)'),
    closingGuard: givenSpan('30m', { least: 0 }).describe(
      'How long the store has to be open still, or nothing is told (default: 30m)',
    ),
    recover: givenCount(1, 1, 100).describe('How many active polls in a row end it (default: 1)'),
    expire,
  })
  .describe('A store is down: rule 34')

const noDataRule = z
  .strictObject({
    condition: conditionOf('no-data'),
    ...scope,
    severity: severity('warning'),
    for: givenSpan('180m').describe('Business time since the last poll (default: 180m)'),
    forget: givenSpan('28d').describe('How long without a poll until it is only in digests (default: 28d)'),
  })
  .describe('A store is not polled: rule 35')

const unstableRule = z
  .strictObject({
    condition: conditionOf('unstable'),
    ...scope,
    severity: severity('warning'),
    of: givenCount(20, 3, 1000).describe('How many polls are looked at (default: 20)'),
    changes: givenCount(6, 1, 999).describe('How many changes of status among them open it (default: 6)'),
    until: givenCount(4, 0, 998).describe('With how few it is over (default: 4)'),
    expire,
  })
  .refine(({ until, changes }) => until < changes, {
    path: ['until'],
    error: 'it is over with fewer changes than open it: write less than "changes"',
  })
  .refine(({ of, changes }) => changes < of, {
    path: ['changes'],
    error: 'so many polls do not have as many changes: write less than "of"',
  })
  .describe('A store goes up and down: rule 36')

const judgedDays = {
  days: z
    .union([z.literal(1), z.literal(7), z.literal(28)], 'write 1, 7 or 28')
    .default(7)
    .describe('Over how many local dates: 1, 7 or 28 (default: 7)'),
  observed: givenPercent()
    .default(70)
    .describe('How much of the business time has to be up or down, in percent (default: 70)'),
  expire,
}

const uptimeRule = z
  .strictObject({
    condition: conditionOf('uptime'),
    ...scope,
    severity: severity('warning'),
    below: givenPercent().describe('Under what uptime, in percent'),
    ...judgedDays,
  })
  .describe("A store's uptime is low: rule 37")

const dropRule = z
  .strictObject({
    condition: conditionOf('drop'),
    ...scope,
    severity: severity('warning'),
    points: givenPercent(0.01).describe('By how many points of a percentage'),
    ...judgedDays,
  })
  .describe("A store's uptime is lower than in the period before: rule 38")

const budgetRule = z
  .strictObject({
    condition: conditionOf('budget'),
    ...scope,
    severity: severity('warning'),
    target: givenPercent(0, 99.999).describe('Which uptime was promised, in percent'),
    spent: z
      .array(givenPercent(1, 1000))
      .min(1, 'write at least one percentage')
      .max(10, 'at most 10')
      .default([50, 75, 100])
      .describe('What of the budget being spent is told, in percent (default: 50, 75, 100)'),
  })
  .describe('The downtime that a month may have is spent: rule 39')

const groupShareRule = z
  .strictObject({
    condition: conditionOf('group-share'),
    ...scope,
    severity: severity('critical'),
    by: givenLabel.pipe(z.string()).describe('The label whose values are the groups, such as city'),
    within: givenSpan('90m').describe('How old the last poll of a store may be (default: 90m)'),
    stores: givenCount(10, 1, 1_000_000).describe('How many such open stores there have to be (default: 10)'),
    share: givenPercent()
      .default(30)
      .describe('How many of them are inactive at least, in percent (default: 30)'),
    until: givenPercent().default(15).describe('Under how many it is over, in percent (default: 15)'),
    times: givenCount(2, 1, 100).describe('How often in a row they have to be so few (default: 2)'),
    expire,
  })
  .refine(({ until, share }) => until <= share, {
    path: ['until'],
    error: 'it is over with fewer than open it: write at most "share"',
  })
  .describe('Many stores of a group are down: rule 40')

const blindRule = z
  .strictObject({
    condition: conditionOf('blind'),
    ...scope,
    severity: severity('critical'),
    within: givenSpan('2h').describe(
      'In what time stores should be polled that are open in all of it (default: 2h)',
    ),
    seen: givenSpan('7d').describe('Stores count that were polled in this time (default: 7d)'),
    stores: givenCount(20, 1, 1_000_000).describe('How many such stores there have to be (default: 20)'),
    below: givenPercent().default(50).describe('Fewer of them were polled, in percent (default: 50)'),
    until: givenPercent().default(80).describe('With how many it is over, in percent (default: 80)'),
    expire,
  })
  .refine(({ until, below }) => until >= below, {
    path: ['until'],
    error: 'it is over with as many as do not open it: write at least "below"',
  })
  .describe('Few stores are polled: rule 41')

const lateRule = z
  .strictObject({
    condition: conditionOf('late'),
    ...scope,
    severity: severity('critical'),
    for: givenSpan('3h').describe('How old the latest poll is at least (default: 3h)'),
  })
  .describe('No polls come any more: rule 42')

export const alertRule = z
  .discriminatedUnion(
    'condition',
    [
      downRule,
      noDataRule,
      unstableRule,
      uptimeRule,
      dropRule,
      budgetRule,
      groupShareRule,
      blindRule,
      lateRule,
    ],
    {
      error: 'write a condition: down, no-data, unstable, uptime, drop, budget, group-share, blind or late',
    },
  )
  .superRefine(({ store, group, condition }, context) => {
    if (store !== undefined && group !== undefined) {
      const message = 'a rule is of a store or of a group: leave one of them out'
      context.addIssue({ code: 'custom', path: ['store'], message })
    }
    if (store !== undefined && isOfMany(condition)) {
      const message = `${condition} is of many stores: leave the store out`
      context.addIssue({ code: 'custom', path: ['store'], message })
    }
  })
export type AlertRule = z.output<typeof alertRule>
export type AlertRuleOf<Condition extends AlertRule['condition']> = Extract<
  AlertRule,
  { readonly condition: Condition }
>
