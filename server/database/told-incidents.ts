/** The incidents of the ledger, each as it is after its last event. */
import { sql, type Insertable, type Selectable } from 'kysely'
import type { IncidentTable } from './alert-tables.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'

export type ToldIncident = Selectable<IncidentTable>

/** What is told of an incident for the first time. */
export type NewToldIncident = Pick<
  Insertable<IncidentTable>,
  | 'subject'
  | 'rule_kind'
  | 'store_key'
  | 'group_label'
  | 'condition'
  | 'severity'
  | 'rules_version'
  | 'start_at'
  | 'opened_at'
  | 'closed_at'
  | 'ending'
  | 'value'
  | 'told'
  | 'recorded_at'
>

/** Those that were told to be open, or closed at an instant or later, in the order in which they were told. */
export function readToldSince(db: Db, closedSinceMs: number): Promise<ToldIncident[]> {
  return db
    .selectFrom('incident')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('told', '=', 'open'),
        // Each state is named, so that rows are found in the index.
        ...(['over', 'withdrawn'] as const).map((told) =>
          eb.and([eb('told', '=', told), eb('closed_at', '>=', closedSinceMs)]),
        ),
      ]),
    )
    .orderBy('incident_key')
    .execute()
}

/** Adds incidents to the ledger; their rows, in the same order. */
export async function insertTold(tx: Db, incidents: readonly NewToldIncident[]): Promise<ToldIncident[]> {
  const rows: ToldIncident[] = []
  for (const some of chunks(incidents, 100)) {
    const inserted = await tx
      .insertInto('incident')
      .values(some.map((incident) => ({ ...incident, sequence: 1 })))
      .returningAll()
      .execute()
    rows.push(...inserted.sort((a, b) => a.incident_key - b.incident_key))
  }
  return rows
}

/** The sequence of the last event of each, which nobody adds to until the transaction ends. */
export async function lockSequences(tx: Db, keys: readonly number[]): Promise<Map<number, number>> {
  const { locksRows } = dialectOf(tx)
  const sequences = new Map<number, number>()
  for (const some of chunks(keys)) {
    const rows = await tx
      .selectFrom('incident')
      .select(['incident_key', 'sequence'])
      .where('incident_key', 'in', some)
      .orderBy('incident_key')
      .$if(locksRows, (query) => query.forUpdate())
      .execute()
    for (const { incident_key, sequence } of rows) sequences.set(incident_key, sequence)
  }
  return sequences
}

/** What becomes of one. What was acknowledged, and is to be told again, is left to others. */
const written = {
  severity: 'text',
  rules_version: 'integer',
  start_at: 'bigint',
  opened_at: 'bigint',
  closed_at: 'bigint',
  ending: 'text',
  told: 'text',
  sequence: 'integer',
  recorded_at: 'bigint',
} as const satisfies Partial<Record<keyof ToldIncident, string>>

/** Writes what became of some. As one text, as to bind a parameter for each value takes a multiple of the time. */
export async function updateTold(tx: Db, incidents: readonly ToldIncident[]): Promise<void> {
  const changes = Object.entries(written).map(
    ([column, type]) =>
      sql`${sql.ref(column)} = cast(changed.value ->> ${sql.lit(column)} as ${sql.raw(type)})`,
  )
  for (const some of chunks(incidents)) {
    const byKey = JSON.stringify(
      Object.fromEntries(some.map((incident) => [incident.incident_key, incident])),
    )
    await sql`update incident set ${sql.join(changes)} from json_each(${byKey}) as changed
      where incident_key = cast(changed.key as integer)`.execute(tx)
  }
}

/** How many are open as far as was told, by condition. */
export async function countOpenTold(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('incident')
    .select(({ fn }) => ['condition', fn.countAll<number>().as('incidents')])
    .where('told', '=', 'open')
    .groupBy('condition')
    .execute()
  return new Map(rows.map(({ condition, incidents }) => [condition, Number(incidents)]))
}
