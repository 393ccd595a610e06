/** The CSVs of what is answered at once: rules 29 and 30 of docs/uptime.md. */
import type { OutageRow } from './outage.ts'
import type { TimelineSegment } from './timeline.ts'

const MINUTE_MS = 60_000

export const outageCsvHeader =
  'store_id,start,end,downtime(in minutes),shortest(in minutes),longest(in minutes),first_poll,last_poll\n'

export function outageCsvLine(outage: OutageRow): string {
  const { storeId, start, end, downtimeMs, shortestMs, longestMs, firstPoll, lastPoll } = outage
  const lasted = [downtimeMs, shortestMs, longestMs].map(minutes)
  return `${[storeId, start, end ?? '', ...lasted, firstPoll, lastPoll].join()}\n`
}

export const segmentCsvHeader = 'start,end,status,poll\n'

export function segmentCsvLine({ start, end, status, poll }: TimelineSegment): string {
  return `${[start, end, status, poll ?? ''].join()}\n`
}

/** In hundredths, rounded half up from whole milliseconds: rule 17. */
function minutes(totalMs: number): string {
  return (Math.round(totalMs / (MINUTE_MS / 100)) / 100).toFixed(2)
}
