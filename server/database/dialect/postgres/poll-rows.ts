import { CompiledQuery } from 'kysely'
import { bytesOfWords, wordsOfBytes } from '../../../uptime/words.ts'
import type { Db, PackedPolls, PollRow } from '../dialect.ts'
import { keyRanges } from '../key-ranges.ts'
import { binaryArray, copyPieces, rowsOfCopy } from './binary.ts'

/** Up to so many stores' polls are sooner written as text than a `copy` is planned. */
const FEW_STORES = 8

export async function readPolls(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<PackedPolls[]> {
  const packed =
    storeKeys.length <= FEW_STORES
      ? await readRows(db, weeks, storeKeys)
      : await copyRows(db, weeks, storeKeys)
  return weeks.map((week) => packed.get(week) ?? noPolls)
}

const noPolls: PackedPolls = {
  storeKeys: [],
  from: new Uint32Array(),
  to: new Uint32Array(),
  words: new Uint32Array(),
}

async function readRows(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<Map<number, PackedPolls>> {
  const query = CompiledQuery.raw(
    'select week, store_key, polls from poll_week where week = any($1::int4[]) and store_key = any($2::int4[])',
    [weeks, storeKeys],
  )
  const { rows } = await db.executeQuery<{ week: number; store_key: number; polls: Buffer }>(query)
  const byWeek = Map.groupBy(rows, (row) => row.week)
  return new Map(
    Array.from(byWeek, ([week, ofWeek]) => {
      const lengths = ofWeek.map(({ polls }) => polls.byteLength)
      const words = wordsOfBytes(Buffer.concat(ofWeek.map(({ polls }) => polls)))
      return [week, { storeKeys: ofWeek.map((row) => row.store_key), ...placesOf(lengths), words }]
    }),
  )
}

/** Reads rows by `copy`: a query would write each byte as two letters. */
async function copyRows(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<Map<number, PackedPolls>> {
  const condition = `week in (${weeks.join()}) and (${conditionOf(storeKeys)})`
  const copy = `copy (select week, store_key, polls from poll_week where ${condition}) to stdout (format binary)`
  const { rows } = await db.executeQuery<{ messages: Buffer[] }>(CompiledQuery.raw(copy))
  return pollsOfMessages(Buffer.concat(rows[0]!.messages))
}

/** Only numbers of ours, so that nothing in it has to be quoted. */
function conditionOf(storeKeys: readonly number[]): string {
  const ranges = keyRanges(storeKeys)
  if (ranges === undefined) return `store_key = any('{${storeKeys.join()}}')`
  return ranges.map(({ first, last }) => `store_key between ${first} and ${last}`).join(' or ')
}

function pollsOfMessages(messages: Buffer): Map<number, PackedPolls> {
  const words = new Uint32Array(messages.length >>> 2)
  const bytes = bytesOfWords(words)
  const ofWeeks = new Map<number, { storeKeys: number[]; from: number[]; to: number[] }>()
  let end = 0
  for (const row of rowsOfCopy(messages)) {
    const week = messages.readInt32BE(row + WEEK_AT)
    const polls = row + POLLS_AT
    const length = messages.readInt32BE(row + LENGTH_AT)
    bytes.set(messages.subarray(polls, polls + length), end)
    let ofWeek = ofWeeks.get(week)
    if (ofWeek === undefined) ofWeeks.set(week, (ofWeek = { storeKeys: [], from: [], to: [] }))
    ofWeek.storeKeys.push(messages.readInt32BE(row + STORE_KEY_AT))
    ofWeek.from.push(end >>> 2)
    ofWeek.to.push((end += length) >>> 2)
  }
  return new Map(
    Array.from(ofWeeks, ([week, { storeKeys, from, to }]) => [
      week,
      { storeKeys, from: Uint32Array.from(from), to: Uint32Array.from(to), words },
    ]),
  )
}

/** A row is how many fields it has (2 bytes), and of each its length (4) and what it is: week, key and polls. */
const WEEK_AT = 6
const STORE_KEY_AT = 14
const LENGTH_AT = 18
const POLLS_AT = 22

/** Where the words of each store are, from how many bytes each has. */
function placesOf(lengths: readonly number[]): { from: Uint32Array; to: Uint32Array } {
  const from = new Uint32Array(lengths.length)
  const to = new Uint32Array(lengths.length)
  let next = 0
  for (let i = 0; i < lengths.length; i++) {
    from[i] = next
    next = to[i] = next + (lengths[i]! >>> 2)
  }
  return { from, to }
}

/** Object identifiers of types. */
const INT4 = 23
const BYTEA = 17

const upsert = `insert into poll_week (week, store_key, polls)
  select * from unnest($1::int4[], $2::int4[], $3::bytea[])
  on conflict (week, store_key) do update set polls = excluded.polls`

/** Binary, as text takes the server and the driver several times as long. */
export async function writePolls(db: Db, rows: readonly PollRow[], isNewWeek: boolean): Promise<void> {
  if (isNewWeek) {
    const fields = rows.map(({ week, storeKey, polls }) => [week, storeKey, polls])
    const copy = 'copy poll_week (week, store_key, polls) from stdin (format binary)'
    await db.executeQuery(CompiledQuery.raw(copy, [copyPieces(fields)]))
  } else {
    const weeks = rows.map(({ week }) => week)
    const storeKeys = rows.map(({ storeKey }) => storeKey)
    const polls = rows.map((row) => row.polls)
    const columns = [binaryArray(INT4, weeks), binaryArray(INT4, storeKeys), binaryArray(BYTEA, polls)]
    await db.executeQuery(CompiledQuery.raw(upsert, columns))
  }
}
