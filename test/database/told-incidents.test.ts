import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { insertTold, readToldSince, updateTold } from '../../server/database/told-incidents.ts'
import { testDatabase } from '../support/test-database.ts'

const AT = Date.parse('2026-10-05T12:00:00Z')

test('what became of many is written to each of them, and to no other; who acknowledged it is left as it is', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  const incident = (i: number) => ({
    subject: `store ${i}`,
    rule_kind: 'down',
    store_key: i,
    group_label: null,
    condition: 'down' as const,
    severity: 'error' as const,
    rules_version: 1,
    start_at: AT - i,
    opened_at: AT,
    closed_at: null,
    ending: null,
    value: 0.5,
    told: 'open' as const,
    recorded_at: AT,
  })
  const before = await insertTold(
    db,
    Array.from({ length: 1203 }, (_, i) => incident(i)),
  )
  const acknowledged = { acknowledged_at: AT, acknowledged_by: 'Ann', repeat_at: AT + 1, repeats: 2 }
  await db.updateTable('incident').set(acknowledged).execute()
  const after = before.slice(1).map((row, i) => {
    const changed = {
      ...row,
      ...acknowledged,
      severity: 'critical' as const,
      rules_version: 2,
      start_at: AT - 3 * i,
    }
    const isOver = i % 3 !== 0
    return isOver
      ? {
          ...changed,
          closed_at: AT + i,
          ending: `up ${i}`,
          told: 'over' as const,
          sequence: 2,
          recorded_at: AT + 5,
        }
      : { ...changed, opened_at: AT + i }
  })
  const given = after.map((row) => ({ ...row, acknowledged_by: null, repeat_at: null, repeats: 0, value: 9 }))
  await updateTold(db, given)
  await updateTold(db, [])
  expect(await readToldSince(db, 0)).toEqual([{ ...before[0]!, ...acknowledged }, ...after])
})
