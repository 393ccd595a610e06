import { AppError } from '../../shared/app-error.ts'
import type { Page, PageQuery } from '../../shared/page.ts'
import type { PushedHour, PushResult } from '../../shared/push.ts'
import { bothPushed, nothingPushed } from '../../shared/push-result.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from './connect.ts'
import { noCursor } from './cursor.ts'
import type { WriteTx } from './write-alone.ts'

const HOUR_MS = 3_600_000
/** For how long a push with a key is remembered. */
const KEPT_MS = 24 * HOUR_MS

/** The key of a push, and what it brought. */
export interface KeyedPush {
  readonly key: string
  /** Whose key it is, where that is not everybody's. */
  readonly sender?: string | undefined
  readonly sha256: string
}

/** What a push with a key was answered, if it was. Throws a `conflict` AppError where it brought something else. */
export async function answerGiven(db: Db, keyed: KeyedPush): Promise<PushResult | undefined> {
  const { key, sha256 } = keyed
  const row = await db
    .selectFrom('push_answer')
    .select(['sha256', 'answer'])
    .where('push_key', '=', storedKey(keyed))
    .executeTakeFirst()
  if (row === undefined) return undefined
  if (row.sha256 === sha256) return JSON.parse(row.answer) as PushResult
  throw new AppError(
    'conflict',
    `the key "${key}" was given to a push of other polls: give each push a key of its own`,
  )
}

/** A key has no space. */
function storedKey({ key, sender }: KeyedPush): string {
  return sender === undefined ? key : `${sender} ${key}`
}

/** Keeps an answer, and forgets those of a day ago. */
export async function keepAnswer(
  tx: WriteTx,
  keyed: KeyedPush,
  answer: PushResult,
  at: number,
): Promise<void> {
  await tx
    .deleteFrom('push_answer')
    .where('answered_at', '<', at - KEPT_MS)
    .execute()
  await tx
    .insertInto('push_answer')
    .values({
      push_key: storedKey(keyed),
      sha256: keyed.sha256,
      answer: JSON.stringify(answer),
      answered_at: at,
    })
    .execute()
}

/** Counts pushes of a source to the hour, and says when they changed the data. */
export async function countPushes(
  tx: WriteTx,
  source: string,
  pushes: readonly PushResult[],
  at: number,
): Promise<void> {
  const { accepted, changed, rejected } = pushes.reduce(bothPushed, nothingPushed)
  if (changed > 0) await tx.updateTable('poll_batch').set({ pushed_at: at }).execute()
  const counts = {
    pushes: pushes.length,
    rows_accepted: accepted,
    rows_changed: changed,
    rows_rejected: rejected,
  }
  await tx
    .insertInto('push_hour')
    .values({ hour: Math.floor(at / HOUR_MS), source, ...counts })
    .onConflict((conflict) =>
      conflict.columns(['hour', 'source']).doUpdateSet((eb) => ({
        pushes: eb('push_hour.pushes', '+', eb.ref('excluded.pushes')),
        rows_accepted: eb('push_hour.rows_accepted', '+', eb.ref('excluded.rows_accepted')),
        rows_changed: eb('push_hour.rows_changed', '+', eb.ref('excluded.rows_changed')),
        rows_rejected: eb('push_hour.rows_rejected', '+', eb.ref('excluded.rows_rejected')),
      })),
    )
    .execute()
}

/** What was pushed by hour and source, newest first. */
export async function listPushedHours(db: Db, { limit, cursor }: PageQuery): Promise<Page<PushedHour>> {
  const after = cursor === undefined ? undefined : placeOfCursor(cursor)
  const rows = await db
    .selectFrom('push_hour')
    .selectAll()
    .$if(after !== undefined, (query) =>
      query.where(({ eb, or, and }) =>
        or([
          eb('hour', '<', after!.hour),
          and([eb('hour', '=', after!.hour), eb('source', '>', after!.source)]),
        ]),
      ),
    )
    .orderBy('hour', 'desc')
    .orderBy('source')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      hour: formatTimestamp(row.hour * HOUR_MS),
      source: row.source,
      pushes: row.pushes,
      accepted: row.rows_accepted,
      changed: row.rows_changed,
      rejected: row.rows_rejected,
    })),
    nextCursor: rows.length > limit && last !== undefined ? `${last.hour} ${last.source}` : null,
  }
}

function placeOfCursor(cursor: string): { readonly hour: number; readonly source: string } {
  const [, hour, source] = /^(\d{1,15}) (\S+)$/.exec(cursor) ?? []
  if (hour === undefined || source === undefined) throw noCursor(cursor, 'a list of what was pushed')
  return { hour: Number(hour), source }
}

export interface PushedSince {
  readonly source: string
  readonly changed: number
}

/** How many polls that changed something each source pushed since the hour of an instant began. */
export async function pushedSince(db: Db, sinceMs: number): Promise<PushedSince[]> {
  const rows = await db
    .selectFrom('push_hour')
    .select(['source', (eb) => eb.fn.sum('rows_changed').as('changed')])
    .where('hour', '>=', Math.floor(sinceMs / HOUR_MS))
    .where('rows_changed', '>', 0)
    .groupBy('source')
    .orderBy('source')
    .execute()
  return rows.map(({ source, changed }) => ({ source, changed: Number(changed) }))
}
