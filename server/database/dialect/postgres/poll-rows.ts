import { CompiledQuery } from 'kysely'
import { wordsOfBytes, type PollWords } from '../../../uptime/poll-week.ts'
import type { Db, PackedPolls, PollRow } from '../dialect.ts'
import { keyRanges } from '../key-ranges.ts'
import { binaryArray, copyPieces, int4, rowsOfCopy } from './binary.ts'

/** Of the columns week, store_key and polls. */
const INT4 = 23
const BYTEA = 17

/** Reads rows by `copy`, as a query would write each byte as two letters. */
export async function readPolls(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<PackedPolls[]> {
  const select = `select 0::int2, week, store_key, polls from poll_week
    where week in (${weeks.join()}) and (${conditionOf(storeKeys)})`
  const copy = `copy (${select}) to stdout (format binary)`
  const { rows } = await db.executeQuery<{ bytes: Buffer[] }>(CompiledQuery.raw(copy))
  return pollsOfRows(rowsOfCopy(rows[0]!.bytes), weeks)
}

/** Only numbers of ours, so that nothing in it has to be quoted. */
function conditionOf(storeKeys: readonly number[]): string {
  if (storeKeys.length === 0) return 'false'
  const ranges = keyRanges(storeKeys)
  if (ranges === undefined) return `store_key = any('{${storeKeys.join()}}')`
  return ranges.map(({ first, last }) => `store_key between ${first} and ${last}`).join(' or ')
}

/**
 * A row is its number of fields (2 bytes) and each field's length (4) and value: 2, 4 + 2, 4 + 4, 4 + 4, 4 bytes and then the
 * polls. The first column makes that 28, so that the polls of all rows are whole words of the same array.
 */
const BYTES_BEFORE_POLLS = 28
const WEEK_AT = 12
const STORE_KEY_AT = 20
const LENGTH_AT = 24

function pollsOfRows(bytes: Uint8Array<ArrayBuffer>, weeks: readonly number[]): PackedPolls[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const words: PollWords = wordsOfBytes(bytes.subarray(0, bytes.byteLength & ~3))
  const ofWeeks = new Map(
    weeks.map((week) => [week, { storeKeys: [] as number[], from: [] as number[], to: [] as number[] }]),
  )
  for (let at = 0; view.getInt16(at) !== -1;) {
    const { storeKeys, from, to } = ofWeeks.get(view.getInt32(at + WEEK_AT))!
    const start = at + BYTES_BEFORE_POLLS
    const end = start + view.getInt32(at + LENGTH_AT)
    storeKeys.push(view.getInt32(at + STORE_KEY_AT))
    from.push(start >>> 2)
    to.push(end >>> 2)
    at = end
  }
  return Array.from(ofWeeks.values(), ({ storeKeys, from, to }) => ({
    storeKeys,
    from: Uint32Array.from(from),
    to: Uint32Array.from(to),
    words,
  }))
}

const upsert = `insert into poll_week (week, store_key, polls)
  select * from unnest($1::int4[], $2::int4[], $3::bytea[])
  on conflict (week, store_key) do update set polls = excluded.polls`

export async function writePolls(db: Db, rows: readonly PollRow[], isNewWeek: boolean): Promise<void> {
  if (isNewWeek) {
    const pieces = copyPieces(rows.map(({ week, storeKey, polls }) => [int4(week), int4(storeKey), polls]))
    await db.executeQuery(
      CompiledQuery.raw('copy poll_week (week, store_key, polls) from stdin (format binary)', [pieces]),
    )
    return
  }
  const columns = [
    binaryArray(
      INT4,
      rows.map(({ week }) => int4(week)),
    ),
    binaryArray(
      INT4,
      rows.map(({ storeKey }) => int4(storeKey)),
    ),
    binaryArray(
      BYTEA,
      rows.map(({ polls }) => polls),
    ),
  ]
  await db.executeQuery(CompiledQuery.raw(upsert, columns))
}
