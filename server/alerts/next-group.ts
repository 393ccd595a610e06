import { isDigestRoute } from './digest-route.ts'
import type { NextGroup, PendingRow, Sent } from '../database/outbox-groups.ts'

export interface Grouping {
  readonly nowMs: number
  /** How long after a message of a route the next one is told. */
  readonly everyMs: (route: string) => number
  /** Until when only what is critical is told; undefined where all is. */
  readonly quietUntilMs: number | undefined
}

const HOUR_MS = 3_600_000
const MOST_AN_HOUR = 20

/** What people are told next: what is pending by a route, or was held back with it, in one message. Rows are in the order of their keys. */
export function nextGroup(
  pending: readonly PendingRow[],
  sent: readonly Sent[],
  { nowMs, everyMs, quietUntilMs }: Grouping,
): NextGroup {
  const due = pending.filter(({ dueAt }) => dueAt <= nowMs)
  const digest = due.find(({ route }) => isDigestRoute(route))
  if (digest !== undefined) return { type: 'send', keys: [digest.key] }
  const leader = due.find(({ isInterrupted }) => isInterrupted) ?? due[0]
  if (leader === undefined) return { type: 'nothing' }
  const quiet = quietUntilMs === undefined ? [] : due.filter(({ severity }) => severity !== 'critical')
  if (quiet.length > 0) return { type: 'hold', keys: keysOf(quiet), untilMs: quietUntilMs! }
  const earliest = sent.at(-MOST_AN_HOUR)
  // All at the same time, so that it is one message then.
  if (earliest !== undefined) return { type: 'hold', keys: keysOf(due), untilMs: earliest.at + HOUR_MS }
  // With the same id, by which the receiver knows whether it arrived.
  if (leader.isInterrupted) return { type: 'send', keys: keysOf(pending.filter(isOfSameMessage(leader))) }
  const { route } = leader
  const last = route === null ? undefined : sent.findLast((one) => one.route === route)
  const nextAt = last === undefined ? nowMs : last.at + everyMs(route!)
  if (leader.attempts === 0 && nextAt > nowMs) {
    const early = due.filter((row) => row.route === route && row.attempts === 0)
    return { type: 'hold', keys: keysOf(early), untilMs: nextAt }
  }
  return { type: 'send', keys: keysOf(toldWith(leader, pending, nowMs)) }
}

/** What is pending by its route, or waits for the channel to work again; and what else has become of these incidents. */
function toldWith(leader: PendingRow, pending: readonly PendingRow[], nowMs: number): PendingRow[] {
  const isTold = ({ route, dueAt, attempts }: PendingRow) =>
    (route === leader.route && (dueAt <= nowMs || attempts > 0)) || dueAt === leader.dueAt
  const incidents = new Set(pending.filter(isTold).map(({ incident }) => incident))
  return pending.filter(({ incident }) => incidents.has(incident))
}

function isOfSameMessage(leader: PendingRow): (row: PendingRow) => boolean {
  return ({ messageId, isInterrupted }) => isInterrupted && messageId === leader.messageId
}

function keysOf(rows: readonly PendingRow[]): number[] {
  return rows.map(({ key }) => key)
}
