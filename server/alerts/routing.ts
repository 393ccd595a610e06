import { writtenLabel } from '../../shared/label.ts'
import type { AlertsSetting } from '../config-file/alerts-setting.ts'
import type { RouteSetting } from '../config-file/route-setting.ts'
import type { AlertEvent } from './alert-event.ts'
import { isForPeople } from './channels/list.ts'
import type { Routed } from './record-events.ts'

/** How often it is told again what is still open. */
export interface Repeating {
  readonly everyMs: number
  readonly mostADay: number
}

/** After how much business time something is told by another route. */
interface Escalating {
  readonly afterMs: number
  readonly to: string
}

/** What channels there are, and who is told what. */
export type RoutingSetting = Pick<AlertsSetting, 'channels' | 'routes'>

/** By what an event is told, and when. */
export interface Routing {
  routesOf(event: AlertEvent, nowMs: number): Routed[]
  /** Of a channel that is told by a route: when. */
  routed(channel: string, route: string | null, nowMs: number): Routed
  everyMs(route: string): number
  /** Of a channel that was told by a route; undefined where nothing is told again. */
  repeating(channel: string, route: string | null): Repeating | undefined
  escalating(route: string): Escalating | undefined
  /** By all channels of a route, whatever it is about. */
  routedBy(route: string, nowMs: number): Routed[]
}

const USUAL_WAIT_MS = 2 * 60_000
const USUAL_EVERY_MS = 5 * 60_000
const USUAL_REPEAT_MS = 4 * 3_600_000
const USUAL_MOST_A_DAY = 3
/** The route of all channels, where none are written. */
const EVERYTHING = 'all'

export function createRouting({ channels, routes }: RoutingSetting): Routing {
  const names = new Set(channels.map(({ name }) => name))
  const people = new Set(channels.filter(isForPeople).map(({ name }) => name))
  const routeOf = (name: string | null) => routes.find((route) => route.name === name)

  function routed(channel: string, route: string | null, nowMs: number): Routed {
    const waitMs = route === null ? 0 : (routeOf(route)?.wait ?? USUAL_WAIT_MS)
    return { channel, route, dueAt: people.has(channel) ? nowMs + waitMs : nowMs }
  }

  return {
    routed,
    routesOf(event, nowMs) {
      if (routes.length === 0) return channels.map(({ name }) => routed(name, EVERYTHING, nowMs))
      // The first route to a channel counts.
      const byChannel = new Map<string, string>()
      for (const route of routes.filter((one) => isOfRoute(event, one))) {
        for (const channel of route.channels) if (!byChannel.has(channel)) byChannel.set(channel, route.name)
      }
      return Array.from(byChannel, ([channel, route]) => routed(channel, route, nowMs))
    },
    everyMs: (route) => routeOf(route)?.every ?? USUAL_EVERY_MS,
    repeating(channel, route) {
      if (!names.has(channel) || route === null) return undefined
      const setting = routeOf(route)
      const everyMs = setting?.repeat ?? (people.has(channel) ? USUAL_REPEAT_MS : 'never')
      return everyMs === 'never' ? undefined : { everyMs, mostADay: setting?.repeatsADay ?? USUAL_MOST_A_DAY }
    },
    escalating(route) {
      const { escalate } = routeOf(route) ?? {}
      return escalate && { afterMs: escalate.after, to: escalate.to }
    },
    routedBy: (route, nowMs) =>
      (routeOf(route)?.channels ?? []).map((channel) => routed(channel, route, nowMs)),
  }
}

function isOfRoute(
  { payload }: AlertEvent,
  { severity, condition, group = [], store, onlyEscalated }: RouteSetting,
): boolean {
  const { labels = [], storeId } = payload
  if (onlyEscalated) return false
  if (severity?.includes(payload.severity) === false) return false
  if (condition?.some((one) => one === payload.condition) === false) return false
  if (store?.some((one) => one === storeId) === false) return false
  return group.every((label) => labels.includes(writtenLabel(label)))
}
