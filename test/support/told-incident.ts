import type { Insertable } from 'kysely'
import type { AlertEvent } from '../../server/alerts/alert-event.ts'
import type { IncidentTable } from '../../server/database/alert-tables.ts'
import type { Db } from '../../server/database/connect.ts'
import { incidentName } from '../../server/database/due-incidents.ts'
import { isOver, type AlertEventKind } from '../../shared/alert-kinds.ts'

/** Puts an incident into the ledger of which nothing was told yet; its key. */
export async function toldIncident(db: Db, given: Partial<Insertable<IncidentTable>> = {}): Promise<number> {
  const at = Date.parse('2026-10-05T12:00:00Z')
  const { incident_key } = await db
    .insertInto('incident')
    .values({
      subject: 'all',
      rule_kind: 'down',
      store_key: null,
      group_label: null,
      condition: 'down',
      severity: 'error',
      rules_version: 1,
      start_at: at - 30 * 60_000,
      opened_at: at,
      closed_at: null,
      ending: null,
      value: 1_800_000,
      told: 'open',
      sequence: 0,
      recorded_at: at,
      ...given,
    })
    .returning('incident_key')
    .executeTakeFirstOrThrow()
  return incident_key
}

/** What becomes of it next, after its row says so. */
export async function incidentEvent(
  tx: Db,
  key: number,
  kind: AlertEventKind,
  nowMs: number,
  given: Partial<AlertEvent['payload']> = {},
): Promise<AlertEvent> {
  const { sequence } = await tx
    .updateTable('incident')
    .set((eb) => ({
      sequence: eb('sequence', '+', 1),
      told: isOver(kind) ? ('over' as const) : ('open' as const),
      closed_at: isOver(kind) ? nowMs : null,
    }))
    .where('incident_key', '=', key)
    .returning('sequence')
    .executeTakeFirstOrThrow()
  const payload = { severity: 'error' as const, condition: 'down', summary: 'a is down', ...given }
  return { incident: incidentName(key), sequence, kind, at: nowMs, payload }
}
