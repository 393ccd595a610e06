import type { Selectable } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import type { Page, PageQuery } from '../../shared/page.ts'
import type { Silence } from '../../shared/silence.ts'
import { formatTimestamp, formatTimestampOrNull } from '../../shared/timestamp.ts'
import type { SilenceTable } from './alert-tables.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'

/** What a silence is about: of what is left out, all. */
export interface Matchers {
  readonly severity?: readonly string[] | undefined
  readonly condition?: readonly string[] | undefined
  readonly labels?: readonly string[] | undefined
  readonly storeIds?: readonly string[] | undefined
}

export interface SilenceInForce {
  readonly silenceId: number
  readonly toMs: number
  readonly matchers: Matchers
}

interface NewSilenceRow {
  readonly matchers: Matchers
  readonly fromMs: number
  readonly toMs: number
  readonly author: string | null
  readonly reason: string
}

type Row = Selectable<SilenceTable>

export async function insertSilence(tx: Db, silence: NewSilenceRow, nowMs: number): Promise<Silence> {
  const row = await tx
    .insertInto('silence')
    .values({
      matchers: JSON.stringify(silence.matchers),
      from_at: silence.fromMs,
      to_at: silence.toMs,
      author: silence.author,
      reason: silence.reason,
      created_at: nowMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return silenceOf(row, nowMs)
}

/** Ends one early: what it held back is to be told now. Throws where there is none, or it is over. */
export async function endSilence(
  tx: Db,
  silenceId: number,
  by: string | null,
  nowMs: number,
): Promise<Silence> {
  const row = await tx
    .selectFrom('silence')
    .selectAll()
    .where('silence_id', '=', silenceId)
    .executeTakeFirst()
  if (row === undefined) {
    throw new AppError(
      'not-found',
      `there is no silence ${silenceId}: "store-monitor alerts silences" lists them`,
    )
  }
  if (row.ended_at !== null || row.to_at <= nowMs) {
    throw new AppError('conflict', `silence ${silenceId} is over: it cannot be ended any more`)
  }
  const ended = { ended_at: nowMs, ended_by: by }
  await tx.updateTable('silence').set(ended).where('silence_id', '=', silenceId).execute()
  await tx
    .updateTable('outbox')
    .set({ due_at: nowMs })
    .where('state', '=', 'waiting')
    .where('silence_id', '=', silenceId)
    .execute()
  return silenceOf({ ...row, ...ended }, nowMs)
}

/** Newest first. The cursor is the last number of a page. */
export async function listSilences(
  db: Db,
  { limit, cursor }: PageQuery,
  nowMs: number,
): Promise<Page<Silence>> {
  const before = numberOfCursor(cursor, 'silences')
  const rows = await db
    .selectFrom('silence')
    .selectAll()
    .$if(before !== undefined, (query) => query.where('silence_id', '<', before!))
    .orderBy('silence_id', 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  return {
    items: shown.map((row) => silenceOf(row, nowMs)),
    nextCursor: rows.length > limit ? String(shown.at(-1)!.silence_id) : null,
  }
}

/** Those that hold something back now. */
export async function readSilencesInForce(db: Db, nowMs: number): Promise<SilenceInForce[]> {
  const rows = await db
    .selectFrom('silence')
    .select(['silence_id', 'to_at', 'matchers'])
    .where('from_at', '<=', nowMs)
    .where('to_at', '>', nowMs)
    .where('ended_at', 'is', null)
    .orderBy('silence_id')
    .execute()
  return rows.map(({ silence_id, to_at, matchers }) => ({
    silenceId: silence_id,
    toMs: to_at,
    matchers: JSON.parse(matchers) as Matchers,
  }))
}

function silenceOf(row: Row, nowMs: number): Silence {
  const {
    severity = null,
    condition = null,
    labels = null,
    storeIds = null,
  } = JSON.parse(row.matchers) as Partial<Pick<Silence, 'severity' | 'condition' | 'labels' | 'storeIds'>>
  const isOver = row.ended_at !== null || row.to_at <= nowMs
  return {
    silenceId: row.silence_id,
    severity,
    condition,
    labels,
    storeIds,
    from: formatTimestamp(row.from_at),
    to: formatTimestamp(row.to_at),
    state: isOver ? 'over' : row.from_at > nowMs ? 'to come' : 'in force',
    reason: row.reason,
    author: row.author,
    createdAt: formatTimestamp(row.created_at),
    endedAt: formatTimestampOrNull(row.ended_at),
    endedBy: row.ended_by,
  }
}
