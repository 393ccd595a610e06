import { isOver, type AlertEventKind } from '../../shared/alert-kinds.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { AlertEvent } from './alert-event.ts'
import type { Message } from './channels/channel.ts'
import { digestInWords } from './digest-in-words.ts'

/** A message as people read it. */
export interface Words {
  readonly subject: string
  /** A line for each incident, at most so many. */
  readonly lines: readonly string[]
  /** How many more there are. */
  readonly more: number
  /** Where to go on; undefined where that is not known. */
  readonly link: string | undefined
  /** Whether all that it is about is over. */
  readonly isOver: boolean
}

const MOST_LINES = 10

export interface WordsContext {
  readonly publicUrl: string | undefined
  /** In which times are told. */
  readonly zone: string
}

export function inWords({ events }: Message, { publicUrl, zone }: WordsContext): Words {
  const { digest } = events[0].payload
  if (digest !== undefined) return digestInWords(digest, publicUrl)
  const incidents = [...Map.groupBy(events, ({ incident }) => incident).values()]
  const told = incidents.map((ofOne) => lineOf(ofOne, zone))
  const [first = ''] = told
  return {
    subject: told.length === 1 ? first : `${first} – and ${told.length - 1} more`,
    lines: told.slice(0, MOST_LINES),
    more: Math.max(0, told.length - MOST_LINES),
    link: linkOf(incidents, publicUrl),
    isOver: incidents.every((ofOne) => isOver(ofOne.at(-1)!.kind)),
  }
}

/** What became of an incident: where it is over before anything was told of it, that it was. What is told again was told before. */
function lineOf(events: readonly AlertEvent[], zone: string): string {
  const last = events.at(-1)!
  const { summary, since, until, note } = last.payload
  const marked = `${markOf(last, events)} ${summary}`
  if (isOpen(last.kind)) return marked + sinceWhen(since, zone) + (note === undefined ? '' : `: ${note}`)
  const isLate =
    last.kind === 'late' || (events.length > 1 && isOver(last.kind) && events[0]!.kind !== 'repeated')
  if (!isLate || since === undefined || until === undefined) return marked
  return `${marked} (${timesOf(since, until, zone)}, told late)`
}

function markOf({ kind, payload }: AlertEvent, events: readonly AlertEvent[]): string {
  if (kind === 'test') return '[test]'
  if (kind === 'withdrawn') return '[withdrawn]'
  if (isOver(kind)) return '[over]'
  if (events.some((event) => event.kind === 'escalated')) return `[${payload.severity}, escalated]`
  return `[${payload.severity}${events.every((event) => event.kind === 'repeated') ? ', again' : ''}]`
}

function isOpen(kind: AlertEventKind): boolean {
  return kind === 'opened' || kind === 'reopened' || kind === 'repeated' || kind === 'escalated'
}

function sinceWhen(since: number | undefined, zone: string): string {
  return since === undefined ? '' : `, since ${timeOf(since, zone)} ${zone}`
}

function timesOf(since: number, until: number, zone: string): string {
  const [from, to] = [since, until].map((ms) => timeOf(ms, zone))
  return `${from}–${from!.slice(0, 10) === to!.slice(0, 10) ? to!.slice(11) : to} ${zone}`
}

/** `2026-10-05 13:00` */
function timeOf(ms: number, zone: string): string {
  if (zone === 'UTC') return formatTimestamp(ms).slice(0, 16).replace('T', ' ')
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  return format.format(ms)
}

function linkOf(incidents: readonly (readonly AlertEvent[])[], publicUrl: string | undefined) {
  if (publicUrl === undefined) return undefined
  const stores = new Set(incidents.map(([event]) => event!.payload.storeId))
  const [store] = stores
  const path = stores.size === 1 && store !== undefined ? `/stores/${encodeURIComponent(store)}` : '/'
  return new URL(path, publicUrl).href
}
