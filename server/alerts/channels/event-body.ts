import { formatTimestamp, formatTimestampOrNull } from '../../../shared/timestamp.ts'
import type { AlertEvent } from '../alert-event.ts'

/** An event as programs read it. */
export function eventBody({ incident, sequence, kind, at, payload }: AlertEvent) {
  const timestamp = formatTimestamp(at)
  if (payload.digest !== undefined) {
    const { severity, summary, digest } = payload
    return { type: kind, timestamp, data: { incident, sequence, severity, summary, ...digest } }
  }
  return {
    type: kind === 'test' || kind === 'channel-disabled' ? kind : `incident.${kind}`,
    timestamp,
    data: {
      incident,
      sequence,
      severity: payload.severity,
      condition: payload.condition,
      summary: payload.summary,
      note: payload.note ?? null,
      store_id: payload.storeId ?? null,
      store_name: payload.storeName ?? null,
      labels: payload.labels ?? [],
      since: formatTimestampOrNull(payload.since),
      until: formatTimestampOrNull(payload.until),
    },
  }
}
