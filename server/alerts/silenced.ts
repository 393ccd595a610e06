import type { Matchers, SilenceInForce } from '../database/silences.ts'
import type { AlertEvent } from './alert-event.ts'

/** The silence that holds an event back for longest; undefined where none does. */
export function silenceOf(
  event: AlertEvent,
  silences: readonly SilenceInForce[],
): SilenceInForce | undefined {
  return silences
    .filter(({ matchers }) => isAbout(event, matchers))
    .reduce<SilenceInForce | undefined>(
      (longest, one) => (longest && longest.toMs >= one.toMs ? longest : one),
      undefined,
    )
}

function isAbout({ payload }: AlertEvent, { severity, condition, labels = [], storeIds }: Matchers): boolean {
  const { labels: ofStore = [], storeId = '' } = payload
  if (severity?.includes(payload.severity) === false) return false
  if (condition?.includes(payload.condition) === false) return false
  if (storeIds?.includes(storeId) === false) return false
  return labels.every((label) => ofStore.includes(label))
}
