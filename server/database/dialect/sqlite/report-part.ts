import type { Db, StoredPart } from '../dialect.ts'

export async function readPart(
  db: Db,
  { reportKey, part, what }: StoredPart,
): Promise<{ bytes: Uint8Array; checksum: number | null } | undefined> {
  const row = await db
    .selectFrom('report_part')
    .select([`${what} as bytes`, `${what}_crc32 as checksum`])
    .where('report_key', '=', reportKey)
    .where('part', '=', part)
    .executeTakeFirst()
  return row?.bytes ? { bytes: row.bytes, checksum: row.checksum } : undefined
}
