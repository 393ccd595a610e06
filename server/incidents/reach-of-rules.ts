import type { AlertRule } from '../../shared/alert-rule.ts'
import type { AlertRules } from '../../shared/alert-rules.ts'
import { parseDuration } from '../../shared/duration.ts'

const DAY_MS = 86_400_000
const LONGEST_MONTH_MS = 32 * DAY_MS

/** How far before an instant polls are mostly needed to tell what is open then. */
export function lookBackMs({ reach, rules }: AlertRules): number {
  return Math.max(2 * parseDuration(reach), ...rules.map(lookBackOf)) + DAY_MS
}

/** How old a poll may be that comes late and changes what is open. */
export function latePollReachMs(rules: AlertRules): number {
  const forgotten = rules.rules.map((rule) =>
    rule.enabled && rule.condition === 'no-data' ? parseDuration(rule.forget) : 0,
  )
  return Math.max(lookBackMs(rules), ...forgotten)
}

function lookBackOf(rule: AlertRule): number {
  if (!rule.enabled) return 0
  switch (rule.condition) {
    case 'down':
    case 'unstable':
    case 'group-share':
      return parseDuration(rule.expire)
    case 'no-data':
    case 'late':
      return 0
    case 'blind':
      return parseDuration(rule.seen) + parseDuration(rule.within)
    case 'uptime':
      return rule.days * DAY_MS
    case 'drop':
      return 2 * rule.days * DAY_MS
    case 'budget':
      return LONGEST_MONTH_MS
  }
}

/** Polls that follow each other as closely are no silence to any of the rules. */
export function leastGapMs({ rules }: Pick<AlertRules, 'rules'>): number {
  const ofRules = rules.map((rule) => {
    if (rule.condition === 'no-data') return parseDuration(rule.for)
    if (rule.condition === 'blind') return Math.min(parseDuration(rule.within), parseDuration(rule.seen))
    return Infinity
  })
  return Math.min(...ofRules, Infinity)
}

/** How far after data time it has to be known when stores are open. */
export function lookAheadMs({ rules }: Pick<AlertRules, 'rules'>): number {
  const ofRules = rules.map((rule) => {
    if (!rule.enabled) return 0
    if (rule.condition === 'down') return parseDuration(rule.closingGuard)
    return rule.condition === 'budget' ? LONGEST_MONTH_MS : 0
  })
  return Math.max(0, ...ofRules) + 1
}
