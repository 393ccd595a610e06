import { CompiledQuery } from 'kysely'
import { wordsOfBytes } from '../../../uptime/words.ts'
import { packedColumns, type Db, type PackedRow, type PackedTable, type PackedWords } from '../dialect.ts'
import { chunkOf, chunksOf } from '../../tail/tail-row.ts'
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
    `select week, store_key, ${packedColumns[table]} as bytes from ${table} where week = any($1::int4[]) and store_key = any($2::int4[])${table === 'poll_week' ? ' and chunk = any($3::int4[])' : ''}`,
    table === 'poll_week' ? [weeks, storeKeys, chunksOf(storeKeys)] : [weeks, storeKeys],
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
  const ofChunks = table === 'poll_week' ? `and chunk in (${chunksOf(storeKeys).join()})` : ''
  const condition = `week in (${weeks.join()}) ${ofChunks} and (${conditionOf(storeKeys)})`
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
  const packed = packedColumns[table]
  const key = keyColumns[table]
  const columns = [...key.names, packed].join(', ')
  if (isNewWeek) {
    const fields = rows.map((row) => [...key.of(row), row.bytes])
    const copy = `copy ${table} (${columns}) from stdin (format binary)`
    await db.executeQuery(CompiledQuery.raw(copy, [copyPieces(fields)]))
  } else {
    const numbers = key.names.map((_, i) => `$${i + 1}::int4[]`)
    const upsert = `insert into ${table} (${columns})
      select * from unnest(${numbers.join(', ')}, $${numbers.length + 1}::bytea[])
      on conflict (${key.names.join(', ')}) do update set ${packed} = excluded.${packed}`
    const keys = rows.map((row) => key.of(row))
    const arrays = key.names.map((_, i) =>
      binaryArray(
        INT4,
        keys.map((ofRow) => ofRow[i]!),
      ),
    )
    const bytes = binaryArray(
      BYTEA,
      rows.map((row) => row.bytes),
    )
    await db.executeQuery(CompiledQuery.raw(upsert, [...arrays, bytes]))
  }
}

/** The primary keys of these tables. */
const keyColumns: Record<
  PackedTable,
  { readonly names: readonly string[]; of(row: PackedRow): readonly number[] }
> = {
  poll_week: {
    names: ['week', 'chunk', 'store_key'],
    of: ({ week, storeKey }) => [week, chunkOf(storeKey), storeKey],
  },
  kept_totals: { names: ['week', 'store_key'], of: ({ week, storeKey }) => [week, storeKey] },
}
