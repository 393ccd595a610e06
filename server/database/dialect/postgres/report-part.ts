import type { Db, StoredPart } from '../dialect.ts'
import { copyOut } from './copy-rows.ts'

/** By `copy`, as a query would write each byte as two letters. */
export async function readPart(
  db: Db,
  { reportKey, part, what }: StoredPart,
): Promise<{ bytes: Uint8Array; checksum: number | null } | undefined> {
  const rows = await copyOut(
    db,
    `select ${what}, ${what}_crc32 from report_part where report_key = ${reportKey} and part = ${part} and ${what} is not null`,
  )
  return rows.next() ? { bytes: rows.bytes()!, checksum: rows.int8() } : undefined
}
