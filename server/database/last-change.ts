import type { Db } from './connect.ts'

/** When the data that figures come from changed last, in epoch milliseconds; 0 where they never did. */
export async function lastChangeAt(db: Db): Promise<number> {
  const imported = await db
    .selectFrom('import')
    .select((eb) => eb.fn.max('finished_at').as('at'))
    .where('rows_changed', '>', 0)
    .executeTakeFirst()
  const corrected = await db
    .selectFrom('correction')
    .select((eb) => [eb.fn.max('created_at').as('createdAt'), eb.fn.max('revoked_at').as('revokedAt')])
    .executeTakeFirst()
  return Math.max(0, imported?.at ?? 0, corrected?.createdAt ?? 0, corrected?.revokedAt ?? 0)
}
