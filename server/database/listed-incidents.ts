/** The incidents of the ledger, as they are shown. */
import type { Selectable } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import type { Page } from '../../shared/page.ts'
import { formatTimestamp, formatTimestampOrNull } from '../../shared/timestamp.ts'
import type { ToldIncident, ToldIncidentsQuery, ToldIncidentWithEvents } from '../../shared/told-incident.ts'
import type { IncidentTable } from './alert-tables.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import { incidentName } from './due-incidents.ts'
import { messageOf } from './outbox.ts'
import { outboxWithEvents } from './outbox-events.ts'
import { keyOfStore } from './stores.ts'

type Row = Selectable<IncidentTable>

/** What was recorded of one last, in words. */
interface InWords {
  readonly summary?: string
  readonly storeId?: string
  readonly storeName?: string
}

/** Those that were told last come first. The cursor is the last number of a page. */
export async function listToldIncidents(
  db: Db,
  { limit, cursor, open, condition, storeId }: ToldIncidentsQuery,
  nowMs: number,
): Promise<Page<ToldIncident>> {
  const before = numberOfCursor(cursor, 'incidents')
  const storeKey = storeId === undefined ? undefined : await keyOfStore(db, storeId)
  const rows = await db
    .selectFrom('incident')
    .selectAll()
    .$if(before !== undefined, (query) => query.where('incident_key', '<', before!))
    .$if(open, (query) => query.where('told', '=', 'open'))
    .$if(condition !== undefined, (query) => query.where('condition', '=', condition!))
    .$if(storeKey !== undefined, (query) => query.where('store_key', '=', storeKey!))
    .orderBy('incident_key', 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  return {
    items: await incidentsOf(db, shown, nowMs),
    nextCursor: rows.length > limit ? String(shown.at(-1)!.incident_key) : null,
  }
}

/** Throws where there is none. */
export async function getToldIncident(
  db: Db,
  incidentId: number,
  nowMs: number,
): Promise<ToldIncidentWithEvents> {
  const [incident] = await incidentsOf(db, [await incidentRow(db, incidentId)], nowMs)
  const events = await db
    .selectFrom('alert_event')
    .select(['sequence', 'kind', 'at', 'payload'])
    .where('incident', '=', incidentName(incidentId))
    .orderBy('sequence')
    .execute()
  const messages = await outboxWithEvents(db)
    .where('outbox.incident', '=', incidentName(incidentId))
    .orderBy('outbox_key')
    .execute()
  return {
    ...incident!,
    events: events.map(({ sequence, kind, at, payload }) => {
      const { summary = '' } = JSON.parse(payload) as InWords
      return { sequence, kind, at: formatTimestamp(at), summary }
    }),
    messages: messages.map(messageOf),
  }
}

/** Throws likewise. */
export async function incidentRow(db: Db, incidentId: number): Promise<Row> {
  const row = await db
    .selectFrom('incident')
    .selectAll()
    .where('incident_key', '=', incidentId)
    .executeTakeFirst()
  if (row !== undefined) return row
  throw new AppError(
    'not-found',
    `there is no incident ${incidentId}: "store-monitor incidents told" lists them`,
  )
}

/** Whether somebody has acknowledged it, and that still counts. */
export function isAcknowledged({ told, acknowledged_at, acknowledged_until }: Row, nowMs: number): boolean {
  return told === 'open' && acknowledged_at !== null && (acknowledged_until ?? Infinity) > nowMs
}

async function incidentsOf(db: Db, rows: readonly Row[], nowMs: number): Promise<ToldIncident[]> {
  const names = rows.map(({ incident_key }) => incidentName(incident_key))
  const inWords = await readInWords(db, names)
  const delivered = await readLastDelivered(db, names)
  return rows.map((row) => {
    const name = incidentName(row.incident_key)
    const { summary = '', storeId = null, storeName = null } = inWords.get(name) ?? {}
    return {
      incidentId: row.incident_key,
      condition: row.condition,
      severity: row.severity,
      storeId,
      storeName,
      group: row.group_label,
      summary,
      start: formatTimestamp(row.start_at),
      opened: formatTimestamp(row.opened_at),
      // While its end is held back, it is as it was told.
      closed: row.told === 'open' ? null : formatTimestampOrNull(row.closed_at),
      ending: row.told === 'open' ? null : row.ending,
      value: row.value,
      told: row.told,
      acknowledgement: acknowledgementOf(row, nowMs),
      repeats: row.repeats,
      lastTold: formatTimestampOrNull(delivered.get(name)),
    }
  })
}

function acknowledgementOf(row: Row, nowMs: number): ToldIncident['acknowledgement'] {
  if (row.acknowledged_at === null) return null
  return {
    by: row.acknowledged_by,
    note: row.acknowledged_note,
    at: formatTimestamp(row.acknowledged_at),
    until: formatTimestampOrNull(row.acknowledged_until),
    isInForce: isAcknowledged(row, nowMs),
  }
}

/** Of the last event of each. */
async function readInWords(db: Db, names: readonly string[]): Promise<Map<string, InWords>> {
  const inWords = new Map<string, InWords>()
  for (const some of chunks(names)) {
    const rows = await db
      .selectFrom('alert_event')
      .select(['incident', 'payload'])
      .where('incident', 'in', some)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('alert_event as later')
              .select('later.event_key')
              .whereRef('later.incident', '=', 'alert_event.incident')
              .whereRef('later.sequence', '>', 'alert_event.sequence'),
          ),
        ),
      )
      .execute()
    for (const { incident, payload } of rows) inWords.set(incident, JSON.parse(payload) as InWords)
  }
  return inWords
}

async function readLastDelivered(db: Db, names: readonly string[]): Promise<Map<string, number>> {
  const delivered = new Map<string, number>()
  for (const some of chunks(names)) {
    const rows = await db
      .selectFrom('outbox')
      .select(({ fn }) => ['incident', fn.max('ended_at').as('at')])
      .where('incident', 'in', some)
      .where('state', '=', 'delivered')
      .groupBy('incident')
      .execute()
    for (const { incident, at } of rows) if (at !== null) delivered.set(incident, Number(at))
  }
  return delivered
}
