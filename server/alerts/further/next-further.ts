import type { ToldRow } from '../../database/due-incidents.ts'
import type { BusinessClock } from '../../incidents/business-clock.ts'
import type { Routing } from '../routing.ts'

/** What is to be told of an incident that is open. */
export interface NextFurther {
  /** By which channels it is told again when, and by which route. */
  readonly repeats: readonly {
    readonly channel: string
    readonly route: string | null
    readonly at: number
  }[]
  /** To which routes it escalates when. */
  readonly escalations: readonly { readonly to: string; readonly at: number }[]
}

interface Context {
  readonly routing: Pick<Routing, 'repeating' | 'escalating'>
  readonly clock: BusinessClock
  /** When what somebody had acknowledged ran out; null where nobody had. */
  readonly acknowledgedUntil: number | null
  readonly nowMs: number
}

const DAY_MS = 86_400_000

/** Rule 46 of docs/uptime.md, of what was told since it opened, in order. Infinity is no time that is known yet. */
export function nextFurther(told: readonly ToldRow[], context: Context): NextFurther {
  const channels = Map.groupBy(told, ({ channel }) => channel)
  const routes = Map.groupBy(told, ({ route }) => route)
  return {
    repeats: [...channels].flatMap(([channel, ofChannel]) => {
      const { route } = ofChannel[0]!
      const at = nextRepeat(channel, ofChannel, context)
      return at === undefined ? [] : [{ channel, route, at }]
    }),
    escalations: [...routes].flatMap(([route, ofRoute]) => escalationOf(route, ofRoute, told, context)),
  }
}

/** By a channel that told it, or is to; what is still to be delivered is not told a second time. */
function nextRepeat(
  channel: string,
  told: readonly ToldRow[],
  { routing, clock, nowMs }: Context,
): number | undefined {
  const repeating = routing.repeating(channel, told[0]!.route)
  if (repeating === undefined || told.every(({ state }) => state === 'dead')) return undefined
  const lastMs = Math.max(...told.map(({ ended_at }) => ended_at ?? nowMs))
  const at = afterBusiness(clock, lastMs, repeating.everyMs)
  const earliest = told.filter(({ kind }) => kind === 'repeated').at(-repeating.mostADay)
  return earliest === undefined ? at : Math.max(at, clock.nextFrom(earliest.created_at + DAY_MS))
}

/** Once to each route, whether that arrives or not; what is held back by a silence is not told yet. */
function escalationOf(
  route: string | null,
  ofRoute: readonly ToldRow[],
  told: readonly ToldRow[],
  { routing, clock, acknowledgedUntil, nowMs }: Context,
): NextFurther['escalations'] {
  const escalating = route === null ? undefined : routing.escalating(route)
  if (escalating === undefined) return []
  const { afterMs, to } = escalating
  if (told.some((row) => row.kind === 'escalated' && row.route === to)) return []
  const toldMs = Math.min(...ofRoute.map((row) => toldAt(row, nowMs)))
  return [{ to, at: afterBusiness(clock, Math.max(toldMs, acknowledgedUntil ?? -Infinity), afterMs) }]
}

/** Where it does not arrive, there is all the more reason to tell others. */
function toldAt({ state, created_at, ended_at, silence_id }: ToldRow, nowMs: number): number {
  if (state !== 'delivered' && silence_id === null) return created_at
  return ended_at ?? nowMs
}

/** The first instant of business time after so much of it. */
function afterBusiness(clock: BusinessClock, fromMs: number, businessMs: number): number {
  return clock.nextFrom(clock.instantOf(clock.at(fromMs) + businessMs))
}
