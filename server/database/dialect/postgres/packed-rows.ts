import { CompiledQuery } from 'kysely'
import { wordsOfBytes } from '../../../uptime/words.ts'
import { packedColumns, type Db, type PackedRow, type PackedTable, type PackedWords } from '../dialect.ts'
import { keyRanges } from '../key-ranges.ts'
import { placesOf } from '../packed-places.ts'
import { binaryArray, BYTEA, copyPieces, INT4 } from './binary.ts'
import { copyOut, type CopiedRows } from './copy-rows.ts'

/** Up to so many stores' words are sooner written as text than a `copy` is planned. */
const FEW_STORES = 8

export async function readPacked(
  db: Db,
  table: PackedTable,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<PackedWords[]> {
  const packed =
    storeKeys.length <= FEW_STORES
      ? await readRows(db, table, weeks, storeKeys)
      : await copyRows(db, table, weeks, storeKeys)
  return weeks.map((week) => packed.get(week) ?? noRows)
}

const noRows: PackedWords = {
  storeKeys: [],
  from: new Uint32Array(),
  to: new Uint32Array(),
  words: new Uint32Array(),
}

async function readRows(
  db: Db,
  table: PackedTable,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<Map<number, PackedWords>> {
  const query = CompiledQuery.raw(
    `select week, store_key, ${packedColumns[table]} as bytes from ${table} where week = any($1::int4[]) and store_key = any($2::int4[])`,
    [weeks, storeKeys],
  )
  const { rows } = await db.executeQuery<{ week: number; store_key: number; bytes: Buffer }>(query)
  const byWeek = Map.groupBy(rows, (row) => row.week)
  return new Map(
    Array.from(byWeek, ([week, ofWeek]) => {
      const lengths = ofWeek.map(({ bytes }) => bytes.byteLength)
      const words = wordsOfBytes(Buffer.concat(ofWeek.map(({ bytes }) => bytes)))
      return [week, { storeKeys: ofWeek.map((row) => row.store_key), ...placesOf(lengths), words }]
    }),
  )
}

/** Reads rows by `copy`: a query would write each byte as two letters. */
async function copyRows(
  db: Db,
  table: PackedTable,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<Map<number, PackedWords>> {
  const condition = `week in (${weeks.join()}) and (${conditionOf(storeKeys)})`
  // The number of two bytes makes all words begin where words do.
  const columns = `0::int2, week, store_key, ${packedColumns[table]}`
  const rowCount = weeks.length * storeKeys.length
  const query = `select ${columns} from ${table} where ${condition}`
  const rows = await copyOut(db, query, Math.ceil(rowCount * (bytesPerRow.get(table) ?? 0)))
  bytesPerRow.set(table, rows.all.length / rowCount)
  return packedWords(rows)
}

/** Of the rows that were read last: the next ones are expected to be much the same. */
const bytesPerRow = new Map<PackedTable, number>()

/** Only numbers of ours, so that nothing in it has to be quoted. */
function conditionOf(storeKeys: readonly number[]): string {
  const ranges = keyRanges(storeKeys)
  if (ranges === undefined) return `store_key = any('{${storeKeys.join()}}')`
  return ranges.map(({ first, last }) => `store_key between ${first} and ${last}`).join(' or ')
}

/** Shares the memory of the rows. */
function packedWords(rows: CopiedRows): Map<number, PackedWords> {
  const words = wordsOfBytes(rows.all)
  const ofWeeks = new Map<number, { storeKeys: number[]; from: number[]; to: number[] }>()
  while (rows.next()) {
    rows.field()
    const week = rows.int4()!
    const storeKey = rows.int4()!
    rows.field()
    let ofWeek = ofWeeks.get(week)
    if (ofWeek === undefined) ofWeeks.set(week, (ofWeek = { storeKeys: [], from: [], to: [] }))
    ofWeek.storeKeys.push(storeKey)
    ofWeek.from.push(rows.fieldStart >>> 2)
    ofWeek.to.push(rows.fieldEnd >>> 2)
  }
  return new Map(
    Array.from(ofWeeks, ([week, { storeKeys, from, to }]) => [
      week,
      { storeKeys, from: Uint32Array.from(from), to: Uint32Array.from(to), words },
    ]),
  )
}

/** Binary, as text takes the server and the driver several times as long. */
export async function writePacked(
  db: Db,
  table: PackedTable,
  rows: readonly PackedRow[],
  isNewWeek: boolean,
): Promise<void> {
  const column = packedColumns[table]
  if (isNewWeek) {
    const fields = rows.map(({ week, storeKey, bytes }) => [week, storeKey, bytes])
    const copy = `copy ${table} (week, store_key, ${column}) from stdin (format binary)`
    await db.executeQuery(CompiledQuery.raw(copy, [copyPieces(fields)]))
  } else {
    const upsert = `insert into ${table} (week, store_key, ${column})
      select * from unnest($1::int4[], $2::int4[], $3::bytea[])
      on conflict (week, store_key) do update set ${column} = excluded.${column}`
    const weeks = rows.map(({ week }) => week)
    const storeKeys = rows.map(({ storeKey }) => storeKey)
    const bytes = rows.map((row) => row.bytes)
    const columns = [binaryArray(INT4, weeks), binaryArray(INT4, storeKeys), binaryArray(BYTEA, bytes)]
    await db.executeQuery(CompiledQuery.raw(upsert, columns))
  }
}
