/** Incidents that are open: what was told of them, and when they are told again, or to others. */
import type { Selectable } from 'kysely'
import type { AlertEventKind } from '../../shared/alert-kinds.ts'
import type { IncidentTable, OutboxTable } from './alert-tables.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'

/** How an incident of the ledger is called in `alert_event` and `outbox`. */
export function incidentName(incidentKey: number): string {
  return `incident-${incidentKey}`
}

/** The key of an incident of the ledger; undefined for what is none, such as a test. */
export function incidentKeyOf(name: string): number | undefined {
  const [, key] = /^incident-([1-9]\d*)$/.exec(name) ?? []
  return key === undefined ? undefined : Number(key)
}

export type FurtherIncident = Pick<
  Selectable<IncidentTable>,
  'incident_key' | 'store_key' | 'condition' | 'told' | 'sequence' | 'repeats' | 'acknowledged_until'
>

/** Takes some of those that are to be told again, or to others, by now, for as long as the transaction takes. */
export async function takeDueIncidents(tx: Db, nowMs: number, most: number): Promise<FurtherIncident[]> {
  const { locksRows } = dialectOf(tx)
  const due = new Map<number, FurtherIncident>()
  for (const column of ['repeat_at', 'escalate_at'] as const) {
    const rows = await furtherIncidents(tx)
      .where(column, '<=', nowMs)
      .where(({ or, eb }) => or([eb('acknowledged_at', 'is', null), eb('acknowledged_until', '<=', nowMs)]))
      .orderBy(column)
      .limit(most)
      // Whoever is at one of them may end it.
      .$if(locksRows, (query) => query.forUpdate().skipLocked())
      .execute()
    for (const row of rows) due.set(row.incident_key, row)
  }
  return [...due.values()].slice(0, most)
}

export async function readFurtherIncidents(tx: Db, keys: readonly number[]): Promise<FurtherIncident[]> {
  return furtherIncidents(tx).where('incident_key', 'in', keys).execute()
}

function furtherIncidents(tx: Db) {
  return tx
    .selectFrom('incident')
    .select(['incident_key', 'store_key', 'condition', 'told'])
    .select(['sequence', 'repeats', 'acknowledged_until'])
}

/** Those that are open and hold back what is told of other ones: of groups, and of some stores. */
export async function readMuting(tx: Db, storeKeys: readonly number[]): Promise<FurtherIncident[]> {
  const ofMany = await furtherIncidents(tx)
    .where('told', '=', 'open')
    .where('condition', 'in', ['group-share', 'blind'])
    .execute()
  if (storeKeys.length === 0) return ofMany
  const ofStores = await furtherIncidents(tx)
    .where('told', '=', 'open')
    .where('condition', '=', 'unstable')
    .where('store_key', 'in', storeKeys)
    .execute()
  return [...ofMany, ...ofStores]
}

/** What a channel tells of an incident, told, or gave up. */
export interface ToldRow {
  readonly incident: string
  readonly sequence: number
  readonly channel: string
  readonly route: string | null
  readonly kind: AlertEventKind
  readonly state: OutboxTable['state']
  readonly created_at: number
  /** null while it is to be delivered. */
  readonly ended_at: number | null
  readonly silence_id: number | null
}

/** What channels told of incidents, are to, or could not, in order. */
export async function readTold(tx: Db, keys: readonly number[]): Promise<ToldRow[]> {
  return tx
    .selectFrom('outbox')
    .innerJoin('alert_event', (join) =>
      join
        .onRef('alert_event.incident', '=', 'outbox.incident')
        .onRef('alert_event.sequence', '=', 'outbox.sequence'),
    )
    .select(['outbox.incident', 'outbox.sequence', 'channel', 'route', 'kind', 'state'])
    .select(['outbox.created_at', 'outbox.ended_at', 'outbox.silence_id'])
    .where('outbox.incident', 'in', keys.map(incidentName))
    .where('state', '<>', 'muted')
    .orderBy('outbox.sequence')
    .execute()
}

/** What was recorded when incidents opened last, by name, as JSON. */
export async function readOpenings(tx: Db, keys: readonly number[]): Promise<Map<string, string>> {
  const openings = new Map<string, string>()
  for (const some of chunks(keys.map(incidentName))) {
    const rows = await tx
      .selectFrom('alert_event')
      .select(['incident', 'payload'])
      .where('incident', 'in', some)
      .where('kind', 'in', ['opened', 'reopened'])
      .orderBy('sequence')
      .execute()
    for (const { incident, payload } of rows) openings.set(incident, payload)
  }
  return openings
}

export interface FurtherRow {
  readonly incidentKey: number
  /** Where something was told. */
  readonly sequence?: number
  readonly repeats?: number
  readonly repeatAt: number | null
  readonly escalateAt: number | null
}

/** Notes when incidents are told further. */
export async function updateFurther(tx: Db, rows: readonly FurtherRow[]): Promise<void> {
  for (const [values, same] of Map.groupBy(rows, valuesOf)) {
    for (const some of chunks(same.map(({ incidentKey }) => incidentKey))) {
      await tx
        .updateTable('incident')
        .set(JSON.parse(values) as ReturnType<typeof columnsOf>)
        .where('incident_key', 'in', some)
        .execute()
    }
  }
}

function valuesOf(row: FurtherRow): string {
  return JSON.stringify(columnsOf(row))
}

function columnsOf({ sequence, repeats, repeatAt, escalateAt }: FurtherRow) {
  return { sequence, repeats, repeat_at: repeatAt, escalate_at: escalateAt }
}

const nothingFurther = { repeat_at: null, escalate_at: null }

/** Forgets it of those that are over. */
export async function forgetFurther(tx: Db, over: readonly number[]): Promise<void> {
  for (const some of chunks(over)) {
    await tx.updateTable('incident').set(nothingFurther).where('incident_key', 'in', some).execute()
  }
}

/** Those that came back begin anew, also where somebody had acknowledged them. */
export async function beginAnew(tx: Db, reopened: readonly number[]): Promise<void> {
  const anew = {
    ...nothingFurther,
    repeats: 0,
    acknowledged_at: null,
    acknowledged_until: null,
    acknowledged_by: null,
    acknowledged_note: null,
  }
  for (const some of chunks(reopened)) {
    await tx.updateTable('incident').set(anew).where('incident_key', 'in', some).execute()
  }
}
