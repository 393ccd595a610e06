import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ledgerScene, MINUTE_MS, START_MS, type LedgerScene } from './ledger-scene.ts'
import { openNow, tellableOf, toldOpen } from './truth.ts'
import { storeId } from '../../shared/ids.ts'
import { addTo, type AddedPoll } from '../support/random-changes.ts'
import { runsOnDatabase } from '../support/test-database.ts'

const stores = ['a', 'b', 'c', 'd'].map((id) => storeId.parse(id))

/** Runs of polls of one status, every five minutes to three hours, as they come from a platform that is polled by turns. */
const somePolls = fc
  .array(
    fc.record({
      store: fc.constantFrom(...stores),
      afterMinutes: fc.constantFrom(0, 0, 1, 2, 5, 20, 60, 180),
      isUp: fc.boolean(),
    }),
    { minLength: 20, maxLength: 80, size: 'max' },
  )
  .map((given) => {
    let minute = 0
    const last = new Map<string, boolean>()
    return given.map(({ store, afterMinutes, isUp }, i): AddedPoll => {
      minute += afterMinutes
      // Mostly as it was.
      const status = i % 3 === 0 ? isUp : (last.get(store) ?? isUp)
      last.set(store, status)
      return { storeId: store, atMs: START_MS + minute * MINUTE_MS, isUp: status }
    })
  })
const rules = {
  rules: [
    { condition: 'down' as const, for: '5m' },
    { condition: 'no-data' as const, for: '2h' },
    { condition: 'unstable' as const, of: 6, changes: 3, until: 1 },
    { condition: 'blind' as const, stores: 2 },
  ],
}

async function ledgerOf(
  polls: readonly (readonly AddedPoll[])[],
  check: (scene: LedgerScene) => Promise<void>,
): Promise<void> {
  await using scene = await ledgerScene()
  const watch = scene.watch()
  await scene.rules(rules)
  await addTo(scene.db, [{ storeId: stores[0]!, atMs: START_MS, isUp: true }])
  await watch.look()
  for (const batch of polls) {
    await addTo(scene.db, batch)
    scene.nowMs = Math.max(scene.nowMs, ...batch.map(({ atMs }) => atMs))
    await watch.look()
  }
  scene.nowMs += 60 * MINUTE_MS
  await watch.look()
  await check(scene)
}

test('while polls come in order nothing is late, withdrawn or reopened', async () => {
  let told = 0
  await fc.assert(
    fc.asyncProperty(somePolls, async (polls) => {
      const instants = [...Map.groupBy(polls, ({ atMs }) => atMs).values()]
      await ledgerOf(instants, async (scene) => {
        const events = await scene.told()
        told += events.length
        const kinds = new Set(events.map((one) => one.split(' ')[0]))
        expect(['opened', 'resolved']).toEqual(expect.arrayContaining([...kinds]))
      })
    }),
    { numRuns: runsOnDatabase(15), endOnFailure: true },
  )
  expect(told).toBeGreaterThan(10)
})

test('in whatever order and batches polls come, the ledger has what is so in the end', async () => {
  const shuffled = somePolls.chain((polls) =>
    fc.record({
      polls: fc.shuffledSubarray(polls, { minLength: polls.length }),
      size: fc.integer({ min: 1, max: 12 }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ polls, size }) => {
      const batches = Array.from({ length: Math.ceil(polls.length / size) }, (_, i) =>
        polls.slice(i * size, (i + 1) * size),
      )
      await ledgerOf(batches, async ({ db, nowMs }) => {
        const rows = await db.selectFrom('incident').selectAll().where('told', '!=', 'withdrawn').execute()
        const ledger = rows.map((row) => `${row.rule_kind} of store ${row.store_key} ${row.opened_at}`)
        const truth = (await tellableOf(db, nowMs)).map(({ of, openedMs }) => `${of} ${openedMs}`)
        const ofStores = (some: readonly string[]) =>
          some.filter((one) => /^down of store \d/.test(one)).toSorted()
        expect(ofStores(ledger)).toEqual(expect.arrayContaining(ofStores(truth)))
        const open = (await openNow(db, nowMs)).map(({ of, openedMs }) => `${of} ${openedMs}`)
        const told = (await toldOpen(db)).map(({ of, openedMs }) => `${of} ${openedMs}`)
        expect(open).toEqual(expect.arrayContaining(told))
      })
    }),
    { numRuns: runsOnDatabase(30), endOnFailure: true },
  )
})
