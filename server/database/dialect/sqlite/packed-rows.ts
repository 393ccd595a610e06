import { sql, type RawBuilder } from 'kysely'
import { wordsOfBytes } from '../../../uptime/words.ts'
import { chunks, compiledOnce } from '../../chunks.ts'
import { packedColumns, type Db, type PackedRow, type PackedTable, type PackedWords } from '../dialect.ts'
import { keyRanges } from '../key-ranges.ts'
import { placesOf } from '../packed-places.ts'

/**
 * Reads the rows of a week as one: to hand over a row for each store takes the driver several times as long as to read its
 * bytes.
 */
export async function readPacked(
  db: Db,
  table: PackedTable,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<PackedWords[]> {
  const ofWeeks: PackedWords[] = []
  for (const week of weeks) ofWeeks.push(await readWeek(db, table, week, storeKeys))
  return ofWeeks
}

interface WeekRow {
  readonly keys: string
  readonly lengths: string
  readonly bytes: Uint8Array | null
}

async function readWeek(
  db: Db,
  table: PackedTable,
  week: number,
  storeKeys: readonly number[],
): Promise<PackedWords> {
  const { rows } = await sql<WeekRow>`
    select json_group_array(store_key) as keys, json_group_array(length(bytes)) as lengths,
      cast(group_concat(bytes, '') as blob) as bytes
    from (${rowsOf(table, week, storeKeys)})`.execute(db)
  const { keys, lengths, bytes } = rows[0]!
  const words = wordsOfBytes(bytes ?? new Uint8Array())
  return { storeKeys: JSON.parse(keys) as number[], ...placesOf(JSON.parse(lengths) as number[]), words }
}

function rowsOf(table: PackedTable, week: number, storeKeys: readonly number[]): RawBuilder<unknown> {
  const ofWeek = sql`select store_key, ${sql.ref(packedColumns[table])} as bytes from ${sql.table(table)} where week = ${week}`
  const ranges = (keyRanges(storeKeys) ?? []).map(
    ({ first, last }) => sql`${ofWeek} and store_key between ${first} and ${last}`,
  )
  if (ranges.length > 0) return sql.join(ranges, sql` union all `)
  return sql`${ofWeek} and store_key in (select value from json_each(${JSON.stringify(storeKeys)}))`
}

/** Writes rows by statements that are compiled once. */
export function createPackedWriter(): (
  db: Db,
  table: PackedTable,
  rows: readonly PackedRow[],
) => Promise<void> {
  const upserts = new Map<PackedTable, ReturnType<typeof compiledUpsert>>()
  return async (db, table, rows) => {
    const upsert = upserts.get(table) ?? compiledUpsert(db, table)
    upserts.set(table, upsert)
    for (const chunk of chunks(rows)) await db.executeQuery(upsert(chunk))
  }
}

function compiledUpsert(db: Db, table: PackedTable) {
  const column = sql.ref(packedColumns[table])
  return compiledOnce((rows: readonly PackedRow[]) => {
    const values = rows.map(({ week, storeKey, bytes }) => sql`(${week}, ${storeKey}, ${bytes})`)
    return sql`insert into ${sql.table(table)} (week, store_key, ${column}) values ${sql.join(values)}
      on conflict (week, store_key) do update set ${column} = excluded.${column}`.compile(db)
  })
}
