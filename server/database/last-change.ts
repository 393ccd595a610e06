import { changeKindsBesidesData } from '../../shared/change-kind.ts'
import type { Db } from './connect.ts'

/** When the data that figures come from changed last, in epoch milliseconds; 0 where they never did. */
export async function lastChangeAt(db: Db): Promise<number> {
  const changed = await db
    .selectFrom('change')
    .select((eb) => eb.fn.max('at').as('at'))
    .where('kind', 'not in', changeKindsBesidesData)
    .executeTakeFirst()
  // What an import changes goes in until it ends.
  const imported = await db
    .selectFrom('import')
    .select((eb) => eb.fn.max('finished_at').as('at'))
    .where('rows_changed', '>', 0)
    .executeTakeFirst()
  const { pushed_at } = await db.selectFrom('poll_batch').select('pushed_at').executeTakeFirstOrThrow()
  return Math.max(pushed_at, changed?.at ?? 0, imported?.at ?? 0)
}
