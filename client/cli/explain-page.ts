/** A timeline as a page for a person: one sentence, a line for each local date, the outages, and the rules in force. */
import { createLocalClock, type LocalClock } from '../../shared/local-clock.ts'
import type { OutageRow } from '../../shared/outage.ts'
import type { Timeline, TimelineSegment } from '../../shared/timeline.ts'
import { verdictOf } from '../../shared/verdict.ts'
import { formatMoney, formatRange, revenueSources } from './sales-text.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** What a character of a day's line stands for. */
const CELL_MS = HOUR_MS / 2
const CELLS = DAY_MS / CELL_MS

type Status = TimelineSegment['status']

const blocks: Readonly<Record<Status, string>> = {
  up: '█',
  down: '▁',
  unknown: '░',
  excused: '▒',
  closed: ' ',
}
/** Of several in one character, the first. */
const mostTelling: readonly Status[] = ['down', 'unknown', 'excused', 'up', 'closed']

export function explainPage(timeline: Timeline): string {
  const clock = createLocalClock(timeline.offsets)
  return [
    `${timeline.storeId}: ${verdictOf(timeline, clock)}.`,
    ...salesLines(timeline),
    '',
    `${' '.repeat(16)}0     3     6     9     12    15    18    21    24`,
    ...dayLines(timeline.segments, clock),
    `${' '.repeat(16)}█ up  ▁ down  ░ unknown  ▒ excused, by half hours of local time`,
    ...outageLines(timeline.outages, clock),
    '',
    ...timeline.rules.map(
      ({ what, from, text }) => `${what}: ${text}${from === null ? '' : `, since ${clock.format(from)}`}`,
    ),
    '',
  ].join('\n')
}

function salesLines({ salesAtRisk }: Timeline): string[] {
  if (salesAtRisk === null) return []
  const { currency, middle, basis } = salesAtRisk
  const range = formatRange(salesAtRisk, currency)
  const from = basis === null ? '' : ` (by ${revenueSources[basis]})`
  return [`Lost while it was down: ${range}, most likely ${formatMoney(middle)}${from}.`]
}

function dayLines(segments: readonly TimelineSegment[], clock: LocalClock): string[] {
  const days = new Map<number, Status[]>()
  for (const { start, end, status } of segments) {
    const endMs = Date.parse(end)
    for (let at = Date.parse(start); at < endMs; at = nextCell(at)) {
      const localMs = clock.localMsOf(at)
      const day = Math.floor(localMs / DAY_MS)
      const cells = days.get(day) ?? Array.from({ length: CELLS }, (): Status => 'closed')
      days.set(day, cells)
      const cell = Math.floor((localMs - day * DAY_MS) / CELL_MS)
      if (mostTelling.indexOf(status) < mostTelling.indexOf(cells[cell]!)) cells[cell] = status
    }
  }
  return [...days].map(([day, cells]) => {
    const date = new Date(day * DAY_MS)
    const name = `${date.toUTCString().slice(0, 3)} ${date.toISOString().slice(0, 10)}`
    return `${name}  ${cells.map((status) => blocks[status]).join('')}`.trimEnd()
  })
}

/** Quarters of an hour, of which local half hours are whole numbers. */
function nextCell(at: number): number {
  const quarterMs = CELL_MS / 2
  return (Math.floor(at / quarterMs) + 1) * quarterMs
}

function outageLines(outages: readonly OutageRow[], clock: LocalClock): string[] {
  if (outages.length === 0) return []
  return [
    '',
    'Outages, in local time:',
    ...outages.map(({ start, end, downtimeMs, shortestMs, longestMs, firstPoll, lastPoll }) => {
      const until = end === null ? 'ongoing' : `to ${clock.format(end)}`
      const polls =
        firstPoll === lastPoll
          ? `poll at ${clock.format(firstPoll)}`
          : `polls from ${clock.format(firstPoll)} to ${clock.format(lastPoll)}`
      const lasted = `${minutes(downtimeMs)} (at least ${minutes(shortestMs)}, at most ${minutes(longestMs)})`
      return `  ${clock.format(start)} ${until}: ${lasted}; inactive ${polls}`
    }),
  ]
}

function minutes(totalMs: number): string {
  const whole = Math.round(totalMs / MINUTE_MS)
  const hour = Math.floor(whole / 60)
  return hour === 0 ? `${whole} min` : `${hour} h ${whole % 60} min`
}
