import { isOver } from '../../../shared/alert-kinds.ts'
import { chunks } from '../../database/chunks.ts'
import type { Db } from '../../database/connect.ts'
import {
  forgetFurther,
  incidentKeyOf,
  readFurtherIncidents,
  updateFurther,
} from '../../database/due-incidents.ts'
import type { AlertEvent } from '../alert-event.ts'
import type { Routing } from '../routing.ts'
import { furtherOf, timesOf } from './further-of.ts'

/** Notes when incidents of the ledger are told again, or to others, of which events were recorded; what is over is told no further. */
export async function planFurther(
  tx: Db,
  events: readonly AlertEvent[],
  routing: Routing,
  nowMs: number,
): Promise<void> {
  const last = new Map<number, AlertEvent>()
  for (const event of events) {
    const key = incidentKeyOf(event.incident)
    if (key !== undefined) last.set(key, event)
  }
  if (last.size === 0) return
  const keysOf = (isSo: (event: AlertEvent) => boolean) =>
    [...last].filter(([, event]) => isSo(event)).map(([key]) => key)
  await forgetFurther(
    tx,
    keysOf(({ kind }) => isOver(kind)),
  )
  const open = keysOf(({ kind }) => kind === 'opened' || kind === 'reopened')
  for (const some of chunks(open)) {
    const further = await furtherOf(tx, await readFurtherIncidents(tx, some), routing, nowMs)
    await updateFurther(
      tx,
      further.map(({ incident, next }) => ({ incidentKey: incident.incident_key, ...timesOf(next, nowMs) })),
    )
  }
}
