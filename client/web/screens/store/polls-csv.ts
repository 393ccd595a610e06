import type { Timeline } from '../../../../shared/timeline.ts'

/** The polls of a timeline as the poller writes them. */
export function pollsCsv({ storeId, polls }: Timeline): string {
  const lines = polls.map(({ at, status }) => `${storeId},${status},${at}\n`)
  return `store_id,status,timestamp_utc\n${lines.join('')}`
}
