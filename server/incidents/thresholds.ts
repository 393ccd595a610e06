import type { AlertRuleOf } from '../../shared/alert-rule.ts'
import { parseDuration } from '../../shared/duration.ts'
import type { BlindThresholds } from './blind.ts'
import type { DropThresholds, UptimeThresholds } from './day-conditions.ts'
import type { DownThresholds } from './down.ts'
import type { GroupShareThresholds } from './group-share.ts'
import type { NoDataThresholds } from './no-data.ts'
import type { UnstableThresholds } from './unstable.ts'

/** What the rules say in words, in milliseconds. */
export function downThresholds(rule: AlertRuleOf<'down'>): DownThresholds {
  const { polls, recover } = rule
  return {
    forMs: parseDuration(rule.for),
    closingGuardMs: parseDuration(rule.closingGuard),
    expireMs: parseDuration(rule.expire),
    polls,
    recover,
  }
}

export function noDataThresholds(rule: AlertRuleOf<'no-data'>): NoDataThresholds {
  return { forMs: parseDuration(rule.for), forgetMs: parseDuration(rule.forget) }
}

export function unstableThresholds(rule: AlertRuleOf<'unstable'>): UnstableThresholds {
  const { of, changes, until } = rule
  return { of, changes, until, expireMs: parseDuration(rule.expire) }
}

export function uptimeThresholds(rule: AlertRuleOf<'uptime'>): UptimeThresholds {
  const { below, days, observed } = rule
  return { below, days, observed, expireMs: parseDuration(rule.expire) }
}

export function dropThresholds(rule: AlertRuleOf<'drop'>): DropThresholds {
  const { points, days, observed } = rule
  return { points, days, observed, expireMs: parseDuration(rule.expire) }
}

export function groupShareThresholds(rule: AlertRuleOf<'group-share'>): GroupShareThresholds {
  const { stores, share, until, times } = rule
  return {
    withinMs: parseDuration(rule.within),
    expireMs: parseDuration(rule.expire),
    stores,
    share,
    until,
    times,
  }
}

export function blindThresholds(rule: AlertRuleOf<'blind'>): BlindThresholds {
  const { stores, below, until } = rule
  return {
    withinMs: parseDuration(rule.within),
    seenMs: parseDuration(rule.seen),
    expireMs: parseDuration(rule.expire),
    stores,
    below,
    until,
  }
}
