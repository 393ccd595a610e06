import type { ImportId } from '../../shared/ids.ts'
import type { RejectedRowPage, RejectedRowsQuery } from '../../shared/import.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { noCursor } from './cursor.ts'
import { parseKey } from './key.ts'

/** A row that an import did not take. */
export interface Rejection {
  readonly line: number
  readonly reason: string
  readonly text: string
}

export async function insertRejectedRows(
  db: Db,
  importId: ImportId,
  rejections: readonly Rejection[],
): Promise<void> {
  for (const chunk of chunks(rejections)) {
    await db
      .insertInto('rejected_row')
      .values(chunk.map(({ line, reason, text }) => ({ import_id: importId, line, reason, text })))
      .execute()
  }
}

/** Rejected rows by line, those of the newest import first. The cursor is import and line of the last one of a page. */
export async function listRejectedRows(
  db: Db,
  { limit, cursor, importId }: RejectedRowsQuery,
): Promise<RejectedRowPage> {
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  const rows = await db
    .selectFrom('rejected_row')
    .innerJoin('import', 'import.import_id', 'rejected_row.import_id')
    .select([
      'rejected_row.import_id as importId',
      'import.source',
      'rejected_row.line',
      'rejected_row.reason',
      'rejected_row.text',
    ])
    .$if(importId !== undefined, (query) => query.where('rejected_row.import_id', '=', importId!))
    .$if(after !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          eb('rejected_row.import_id', '<', after!.importId),
          eb.and([
            eb('rejected_row.import_id', '=', after!.importId),
            eb('rejected_row.line', '>', after!.line),
          ]),
        ]),
      ),
    )
    .orderBy('rejected_row.import_id', 'desc')
    .orderBy('rejected_row.line')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    nextCursor: rows.length > limit && last ? `${last.importId}:${last.line}` : null,
    rowsNotKept: await countNotKept(db, importId),
  }
}

async function countNotKept(db: Db, importId: ImportId | undefined): Promise<number> {
  const { rejected } = await db
    .selectFrom('import')
    .select(({ fn }) => fn.sum<number>('rows_rejected').as('rejected'))
    .$if(importId !== undefined, (query) => query.where('import_id', '=', importId!))
    .executeTakeFirstOrThrow()
  const { kept } = await db
    .selectFrom('rejected_row')
    .select(({ fn }) => fn.countAll<number>().as('kept'))
    .$if(importId !== undefined, (query) => query.where('import_id', '=', importId!))
    .executeTakeFirstOrThrow()
  return Number(rejected ?? 0) - Number(kept)
}

function parseCursor(cursor: string): { importId: ImportId; line: number } {
  const [, key = '', line] = /^(\d+):(\d{1,15})$/.exec(cursor) ?? []
  const importId = parseKey(key)
  if (importId !== undefined) return { importId: importId as ImportId, line: Number(line) }
  throw noCursor(cursor, 'a list of rejected rows')
}
