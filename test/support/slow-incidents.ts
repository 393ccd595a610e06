/**
 * A second implementation of rules 33 to 41 of docs/uptime.md, to hold server/incidents against: it goes from millisecond to
 * millisecond and asks each what is so, by looking at all polls. Times are short in what it is given, so that it can.
 */
import type { BlindThresholds } from '../../server/incidents/blind.ts'
import type { DropThresholds, UptimeThresholds } from '../../server/incidents/day-conditions.ts'
import type { BudgetSpent, BudgetThresholds } from '../../server/incidents/budget.ts'
import type { DownThresholds } from '../../server/incidents/down.ts'
import type { GroupShareThresholds } from '../../server/incidents/group-share.ts'
import type { Incident, IncidentEnding } from '../../server/incidents/incident.ts'
import type { LocalDay } from '../../server/incidents/judged-days.ts'
import type { NoDataThresholds } from '../../server/incidents/no-data.ts'
import type { UnstableThresholds } from '../../server/incidents/unstable.ts'
import type { Interval } from '../../server/uptime/interval.ts'
import type { Policy } from '../../server/uptime/stretches.ts'
import type { Poll } from './slow-twin.ts'

export interface SlowStore extends Policy {
  /** In order, no two at a millisecond. */
  readonly polls: readonly Poll[]
  readonly open: readonly Interval[]
  readonly closed: readonly Interval[]
  readonly excused: readonly Interval[]
  readonly wrong: readonly Interval[]
  readonly dataTimeMs: number
}

type Status = 'up' | 'down' | 'unknown' | 'excused' | 'closed'

function isIn(spans: readonly Interval[], atMs: number): boolean {
  return spans.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs)
}

function isBusiness({ open, closed }: SlowStore, atMs: number): boolean {
  return isIn(open, atMs) && !isIn(closed, atMs)
}

function isJudged(store: SlowStore, atMs: number): boolean {
  return isBusiness(store, atMs) && !isIn(store.excused, atMs)
}

/** Rules 9, 11, 20 and 22. */
function slowSpeaking(store: SlowStore): Poll[] {
  return store.polls.filter(
    ({ atMs }) => atMs <= store.dataTimeMs && isBusiness(store, atMs) && !isIn(store.wrong, atMs),
  )
}

/** Rules 12 to 14 and 21, of a millisecond, as of an instant. */
function statusAt(store: SlowStore, speaking: readonly Poll[], atMs: number, asOfMs: number): Status {
  if (!isBusiness(store, atMs)) return 'closed'
  if (isIn(store.excused, atMs)) return 'excused'
  const known = speaking.filter((poll) => poll.atMs <= asOfMs)
  const before = known.findLast((poll) => poll.atMs <= atMs)
  const after = known.find((poll) => poll.atMs > atMs)
  const reaches = [before, after].filter(
    (poll) => poll !== undefined && poll.atMs - store.reachMs <= atMs && atMs < poll.atMs + store.reachMs,
  )
  const isNearerToAfter =
    store.interpolation === 'nearest' &&
    reaches.length === 2 &&
    atMs >= Math.floor((before!.atMs + after!.atMs) / 2)
  const poll = isNearerToAfter ? after : reaches[0]
  return poll === undefined ? 'unknown' : poll.active ? 'up' : 'down'
}

/** An incident while it is made. */
class Log {
  readonly incidents: Incident[] = []
  open: Omit<Incident, 'closedMs' | 'ending'> | undefined
  close(closedMs: number, ending: IncidentEnding): void {
    if (this.open) this.incidents.push({ ...this.open, closedMs, ending })
    this.open = undefined
  }
  all(): Incident[] {
    return this.open ? [...this.incidents, { ...this.open, closedMs: null, ending: null }] : this.incidents
  }
}

/** The milliseconds that anything can be asked about. */
function span(store: SlowStore): Interval {
  const first = Math.min(...store.polls.map(({ atMs }) => atMs), store.dataTimeMs)
  return { startMs: first - store.reachMs - 1, endMs: store.dataTimeMs }
}

/** Rule 34. */
export function slowDown(store: SlowStore, thresholds: DownThresholds): Incident[] {
  const { forMs, polls, closingGuardMs, recover, expireMs } = thresholds
  const speaking = slowSpeaking(store)
  const { startMs, endMs } = span(store)
  const log = new Log()
  let lastMs = -Infinity
  for (let now = startMs; now <= endMs; now++) {
    if (log.open && now - lastMs > expireMs) log.close(lastMs + expireMs, 'expired')
    const place = speaking.findIndex(({ atMs }) => atMs === now)
    if (place < 0) continue
    lastMs = now
    const latest = speaking.slice(0, place + 1).slice(-recover)
    if (latest.length === recover && latest.every(({ active }) => active)) log.close(now, 'recovered')
    if (speaking[place]!.active || log.open || isIn(store.excused, now)) continue
    const outage = outageAsOf(store, speaking, now, startMs)
    const staysOpen = Array.from({ length: closingGuardMs }, (_, i) => isBusiness(store, now + i)).every(
      Boolean,
    )
    const isLong = outage.downMs >= forMs && pollsOfOutage(store, speaking, place) >= polls
    if (isLong && staysOpen)
      log.open = { condition: 'down', startMs: outage.startMs, openedMs: now, value: outage.downMs }
  }
  return log.all()
}

/** The down business time that ends at an inactive poll, as of it. */
function outageAsOf(store: SlowStore, speaking: readonly Poll[], nowMs: number, untilMs: number) {
  let startMs = nowMs
  let downMs = 0
  for (let at = nowMs - 1; at >= untilMs; at--) {
    const status = statusAt(store, speaking, at, nowMs)
    if (status === 'closed') continue
    if (status !== 'down') break
    startMs = at
    downMs++
  }
  return { startMs, downMs }
}

/** Inactive polls up to one, without an active one, unknown or excused time between. */
function pollsOfOutage(store: SlowStore, speaking: readonly Poll[], place: number): number {
  const nowMs = speaking[place]!.atMs
  let polls = 0
  for (let i = place; i >= 0; i--) {
    const { atMs, active } = speaking[i]!
    if (active || isIn(store.excused, atMs)) break
    const until = speaking[i + 1]?.atMs
    if (i < place) {
      const statuses = Array.from({ length: until! - atMs }, (_, n) =>
        statusAt(store, speaking, atMs + n, nowMs),
      )
      if (statuses.some((status) => status === 'unknown' || status === 'excused')) break
    }
    polls++
  }
  return polls
}

/** Rule 35. */
export function slowNoData(store: SlowStore, { forMs, forgetMs }: NoDataThresholds): Incident[] {
  const times = new Set(slowSpeaking(store).map(({ atMs }) => atMs))
  const { startMs, endMs } = span(store)
  const log = new Log()
  let lastMs: number | undefined
  let businessMs = 0
  for (let now = startMs; now <= endMs; now++) {
    if (lastMs !== undefined && now - lastMs > forgetMs) log.close(lastMs + forgetMs, 'expired')
    if (times.has(now)) {
      log.close(now, 'recovered')
      lastMs = now
      businessMs = 0
    } else if (lastMs !== undefined) {
      if (isJudged(store, now - 1)) businessMs++
      const isFirst = businessMs === forMs && isJudged(store, now - 1)
      if (isFirst && now < endMs && now - lastMs < forgetMs)
        log.open = { condition: 'no-data', startMs: lastMs, openedMs: now, value: forMs }
    }
  }
  return log.all()
}

/** Rule 36. */
export function slowUnstable(store: SlowStore, thresholds: UnstableThresholds): Incident[] {
  const { of, changes, until, expireMs } = thresholds
  const speaking = slowSpeaking(store)
  const log = new Log()
  const { startMs, endMs } = span(store)
  let lastMs = -Infinity
  let since = 0
  for (let now = startMs; now <= endMs; now++) {
    if (log.open && now - lastMs > expireMs) log.close(lastMs + expireMs, 'expired')
    const place = speaking.findIndex(({ atMs }) => atMs === now)
    if (place < 0) continue
    if (now - lastMs > expireMs) since = place
    lastMs = now
    const looked = speaking.slice(since, place + 1).slice(-of)
    const changed = looked.filter(({ active }, i) => i > 0 && active !== looked[i - 1]!.active)
    if (changed.length <= until) log.close(now, 'recovered')
    if (changed.length >= changes && !log.open)
      log.open = { condition: 'unstable', startMs: changed[0]!.atMs, openedMs: now, value: changed.length }
  }
  return log.all()
}

interface Totals {
  readonly up: number
  readonly down: number
  readonly unknown: number
}

function slowTotals(store: SlowStore, fromMs: number, asOfMs: number): Totals {
  const speaking = slowSpeaking(store)
  const totals = { up: 0, down: 0, unknown: 0 }
  for (let at = fromMs; at < asOfMs; at++) {
    const status = statusAt(store, speaking, at, asOfMs)
    if (status === 'up' || status === 'down' || status === 'unknown') totals[status]++
  }
  return totals
}

/** The uptime in percent of the days that end with one; undefined where too little was observed. */
function slowPercent(
  store: SlowStore,
  days: readonly LocalDay[],
  last: number,
  { days: length, observed }: { readonly days: number; readonly observed: number },
): number | undefined {
  const first = days[last + 1 - length]
  if (first === undefined) return undefined
  const { up, down, unknown } = slowTotals(store, first.startMs, days[last]!.endMs)
  if (up + down === 0 || (100 * (up + down)) / (up + down + unknown) < observed) return undefined
  return (100 * up) / (up + down)
}

/** Rule 37. */
export function slowUptime(
  store: SlowStore,
  days: readonly LocalDay[],
  thresholds: UptimeThresholds,
): Incident[] {
  return slowDays(store, days, thresholds, 'uptime', (last) => {
    const percent = slowPercent(store, days, last, thresholds)
    return percent === undefined ? undefined : { value: percent, isSo: percent < thresholds.below }
  })
}

/** Rule 38. */
export function slowDrop(
  store: SlowStore,
  days: readonly LocalDay[],
  thresholds: DropThresholds,
): Incident[] {
  return slowDays(store, days, thresholds, 'drop', (last) => {
    const percent = slowPercent(store, days, last, thresholds)
    const before = slowPercent(store, days, last - thresholds.days, thresholds)
    if (percent === undefined || before === undefined) return undefined
    return { value: before - percent, isSo: before - percent >= thresholds.points }
  })
}

function slowDays(
  store: SlowStore,
  days: readonly LocalDay[],
  { days: length, expireMs }: { readonly days: number; readonly expireMs: number },
  condition: 'uptime' | 'drop',
  judge: (last: number) => { readonly value: number; readonly isSo: boolean } | undefined,
): Incident[] {
  const log = new Log()
  let judgedMs = -Infinity
  for (let now = days[0]?.startMs ?? Infinity; now <= store.dataTimeMs; now++) {
    if (log.open && now - judgedMs > expireMs) log.close(judgedMs + expireMs, 'expired')
    const last = days.findIndex(({ endMs }) => endMs === now)
    if (last < 0 || now === store.dataTimeMs) continue
    const judged = judge(last)
    if (judged === undefined) continue
    judgedMs = now
    if (!judged.isSo) log.close(now, 'recovered')
    else
      log.open ??= {
        condition,
        startMs: days[last + 1 - length]!.startMs,
        openedMs: now,
        value: judged.value,
      }
  }
  return log.all()
}

/** Rule 39. */
export function slowBudget(
  store: SlowStore,
  days: readonly LocalDay[],
  { target, spent }: BudgetThresholds,
): Incident[] {
  const months = days.flatMap(({ isFirst }, i) => (isFirst ? [i] : []))
  return months.flatMap((first, i) => {
    const month = days.slice(first, months[i + 1])
    const { startMs } = month[0]!
    const { endMs } = month.at(-1)!
    let businessMs = 0
    for (let at = startMs; at < endMs; at++) if (isBusiness(store, at)) businessMs++
    const budgetMs = ((100 - target) / 100) * businessMs
    const isOver = endMs < store.dataTimeMs
    return spent
      .toSorted((a, b) => a - b)
      .flatMap((percent): Incident[] => {
        for (const day of month.filter((one) => one.endMs < store.dataTimeMs)) {
          const { down } = slowTotals(store, startMs, day.endMs)
          const value = (100 * down) / budgetMs
          if (down === 0 || value < percent) continue
          const closedMs = isOver ? endMs : null
          const ending = isOver ? 'over' : null
          return [{ condition: 'budget', startMs, openedMs: day.endMs, closedMs, ending, value: percent }]
        }
        return []
      })
  })
}

/** What of a month is spent, as of an instant: rule 39. */
export function slowBudgetSpent(
  store: SlowStore,
  month: readonly LocalDay[],
  target: number,
  asOfMs: number,
): BudgetSpent {
  const { startMs } = month[0]!
  let businessMs = 0
  for (let at = startMs; at < month.at(-1)!.endMs; at++) if (isBusiness(store, at)) businessMs++
  let excusedMs = 0
  for (let at = startMs; at < asOfMs; at++) {
    if (isBusiness(store, at) && isIn(store.excused, at)) excusedMs++
  }
  const { up, down, unknown } = slowTotals(store, startMs, asOfMs)
  const budgetMs = ((100 - target) / 100) * businessMs
  return {
    businessMs,
    budgetMs,
    tally: { uptimeMs: up, downtimeMs: down, unknownMs: unknown, excusedMs },
    percent: down === 0 ? 0 : (100 * down) / budgetMs,
  }
}

/** The instants of a grid up to data time. */
function slowGrid(stores: readonly SlowStore[], stepMs: number): number[] {
  const { dataTimeMs } = stores[0]!
  const times: number[] = []
  for (let at = 0; at <= dataTimeMs; at += stepMs) times.push(at)
  return times
}

/** Rule 40. */
export function slowGroupShare(
  stores: readonly SlowStore[],
  stepMs: number,
  { withinMs, stores: least, share, until, times, expireMs }: GroupShareThresholds,
): Incident[] {
  return slowShares(stores, stepMs, expireMs, 'group-share', (now, before) => {
    const lasts = stores
      .filter((store) => isJudged(store, now - 1))
      .flatMap(
        (store) => slowSpeaking(store).findLast(({ atMs }) => now - withinMs <= atMs && atMs < now) ?? [],
      )
    if (lasts.length < least) return undefined
    const percent = (100 * lasts.filter(({ active }) => !active).length) / lasts.length
    const recent = [...before, percent].slice(-times)
    return {
      percent,
      isSo: percent >= share,
      isOver: recent.length === times && recent.every((one) => one < until),
    }
  })
}

/** Rule 41. */
export function slowBlind(
  stores: readonly SlowStore[],
  stepMs: number,
  { withinMs, seenMs, stores: least, below, until, expireMs }: BlindThresholds,
): Incident[] {
  return slowShares(stores, stepMs, expireMs, 'blind', (now) => {
    const isPolled = (store: SlowStore, lengthMs: number) =>
      slowSpeaking(store).some(({ atMs }) => now - lengthMs <= atMs && atMs < now)
    const expected = stores.filter(
      (store) =>
        Array.from({ length: withinMs }, (_, i) => isJudged(store, now - 1 - i)).every(Boolean) &&
        isPolled(store, seenMs),
    )
    if (expected.length < least) return undefined
    const percent = (100 * expected.filter((store) => isPolled(store, withinMs)).length) / expected.length
    return { percent, isSo: percent < below, isOver: percent >= until }
  })
}

function slowShares(
  stores: readonly SlowStore[],
  stepMs: number,
  expireMs: number,
  condition: 'blind' | 'group-share',
  judge: (
    now: number,
    before: readonly number[],
  ) => { readonly percent: number; readonly isSo: boolean; readonly isOver: boolean } | undefined,
): Incident[] {
  const log = new Log()
  const { dataTimeMs } = stores[0]!
  let judgedMs = -Infinity
  const before: number[] = []
  const grid = new Set(slowGrid(stores, stepMs))
  for (let now = 0; now <= dataTimeMs; now++) {
    if (log.open && now - judgedMs > expireMs) log.close(judgedMs + expireMs, 'expired')
    if (!grid.has(now)) continue
    const judged = judge(now, before)
    if (judged === undefined) continue
    judgedMs = now
    before.push(judged.percent)
    if (judged.isOver) log.close(now, 'recovered')
    else if (judged.isSo) log.open ??= { condition, startMs: now, openedMs: now, value: judged.percent }
  }
  return log.all()
}
