import type { CorrectionKind } from '../../shared/correction-kind.ts'
import type { StoreId } from '../../shared/ids.ts'
import { connect } from '../../server/database/connect.ts'
import { addCorrections, type NewCorrection } from '../../server/database/corrections.ts'
import { changeRules, type RuleChange } from '../../server/database/schedules.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { END_MS } from './data.ts'
import { HOUR_MS } from './poll-maker.ts'

/** One store of so many has versions of its rules, a special day and corrections. */
const ONE_OF = 20
const DAY_MS = 24 * HOUR_MS
const kinds = ['excused', 'wrong-data', 'closed'] as const satisfies CorrectionKind[]

/** Gives 5 % of a database's stores all that the others have not, in the last week. */
export async function correctSomeStores(databasePath: string): Promise<void> {
  const db = await connect(databasePath)
  const stores = await db.selectFrom('store').select('store_id').orderBy('store_id').execute()
  const some = stores.flatMap(({ store_id }, i) => (i % ONE_OF === 0 ? [store_id] : []))
  await writeAlone(db, 'data', async (tx) => {
    for (const [i, change] of changes.entries()) {
      const ruled = some
        .map((storeId) => ({ storeId, rule: 0, rows: 1 }))
        .filter((_, place) => place % (i + 1) === 0)
      await changeRules(tx, [change], ruled)
    }
    await addCorrections(tx, some.flatMap(correctionsOf), { createdAt: END_MS, revoked: 'add again' })
  })
  await db.destroy()
}

/** Each for fewer of the stores than the one before. */
const changes: readonly RuleChange[] = [
  {
    what: 'hours',
    versions: [
      {
        validFrom: END_MS - 3.5 * DAY_MS,
        rule: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, start: '09:30:00', end: '21:00:00' })),
      },
    ],
  },
  { what: 'special', days: [{ date: '2023-01-23', spans: [{ start: '12:00:00', end: '15:30:00' }] }] },
  { what: 'zones', versions: [{ validFrom: END_MS - 5 * DAY_MS, rule: 'America/Denver' }] },
]

/** Some hours of each kind, on three days that follow each other. */
function correctionsOf(storeId: StoreId, place: number): NewCorrection[] {
  return kinds.map((kind, i) => {
    const fromMs = END_MS - (1 + i + (place % 3)) * DAY_MS - (place % 24) * HOUR_MS
    return { storeId, fromMs, toMs: fromMs + (2 + i) * HOUR_MS, kind, reason: 'benchmark', author: null }
  })
}
