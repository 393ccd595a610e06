import { writtenLabel } from '../../shared/label.ts'
import type { AlertsSetting } from '../config-file/alerts-setting.ts'
import type { RouteSetting } from '../config-file/route-setting.ts'
import type { AlertEvent } from './alert-event.ts'
import { isForPeople } from './channels/list.ts'
import type { Routed } from './record-events.ts'

/** By what an event is told, and when. */
export interface Routing {
  routesOf(event: AlertEvent, nowMs: number): Routed[]
  /** Of a channel that is told by a route: when. */
  routed(channel: string, route: string | null, nowMs: number): Routed
  everyMs(route: string): number
}

const USUAL_WAIT_MS = 2 * 60_000
const USUAL_EVERY_MS = 5 * 60_000
/** The route of all channels, where none are written. */
const EVERYTHING = 'all'

export function createRouting({ channels, routes }: AlertsSetting): Routing {
  const people = new Set(channels.filter(isForPeople).map(({ name }) => name))
  const routeOf = (name: string) => routes.find((route) => route.name === name)

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
  }
}

function isOfRoute(
  { payload }: AlertEvent,
  { severity, condition, group = [], store }: RouteSetting,
): boolean {
  const { labels = [], storeId } = payload
  if (severity?.includes(payload.severity) === false) return false
  if (condition?.some((one) => one === payload.condition) === false) return false
  if (store?.some((one) => one === storeId) === false) return false
  return group.every((label) => labels.includes(writtenLabel(label)))
}
