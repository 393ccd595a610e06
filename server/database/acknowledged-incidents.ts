import { AppError } from '../../shared/app-error.ts'
import type { Db } from './connect.ts'
import { incidentRow, isAcknowledged } from './listed-incidents.ts'

export interface Acknowledgement {
  readonly by: string | null
  readonly note: string | null
  readonly untilMs: number | null
}

/** Notes that somebody knows of an incident. Throws where there is none, or it is over. */
export async function acknowledgeIncident(
  tx: Db,
  incidentId: number,
  { by, note, untilMs }: Acknowledgement,
  nowMs: number,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('incident')
    .set({
      acknowledged_at: nowMs,
      acknowledged_until: untilMs,
      acknowledged_by: by,
      acknowledged_note: note,
    })
    .where('incident_key', '=', incidentId)
    .where('told', '=', 'open')
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  await incidentRow(tx, incidentId)
  throw new AppError(
    'conflict',
    `incident ${incidentId} is over: it is told no further, "store-monitor incidents told --open" lists those that are not`,
  )
}

/** Takes that back, as if it had never been. Throws likewise, and where it does not count. */
export async function takeBackAcknowledgement(tx: Db, incidentId: number, nowMs: number): Promise<void> {
  if (!isAcknowledged(await incidentRow(tx, incidentId), nowMs)) {
    throw new AppError(
      'conflict',
      `incident ${incidentId} is not acknowledged: "store-monitor incidents get ${incidentId}" shows how it is`,
    )
  }
  await tx
    .updateTable('incident')
    .set({
      acknowledged_at: null,
      acknowledged_until: null,
      acknowledged_by: null,
      acknowledged_note: null,
    })
    .where('incident_key', '=', incidentId)
    .execute()
}
