import { formatTimestamp, formatTimestampOrNull } from '../../../shared/timestamp.ts'
import type { AlertEvent } from '../alert-event.ts'

/** An event as programs read it. */
export function eventBody({ incident, sequence, kind, at, payload }: AlertEvent) {
  return {
    type: kind === 'test' || kind === 'channel-disabled' ? kind : `incident.${kind}`,
    timestamp: formatTimestamp(at),
    data: {
      incident,
      sequence,
      severity: payload.severity,
      condition: payload.condition,
      summary: payload.summary,
      store_id: payload.storeId ?? null,
      store_name: payload.storeName ?? null,
      labels: payload.labels ?? [],
      since: formatTimestampOrNull(payload.since),
      until: formatTimestampOrNull(payload.until),
    },
  }
}
