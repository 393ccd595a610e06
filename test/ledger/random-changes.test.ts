import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alertRules, type AlertRulesGiven } from '../../shared/alert-rules.ts'
import { applyAlertRules } from '../../server/database/alert-rules.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { latestPollAt } from '../../server/database/poll-week-summary.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { createIncidentWatch } from '../../server/ledger/incident-watch.ts'
import { applyChange, ids, someChange } from '../support/random-changes.ts'
import { runsOnDatabase, testDatabase } from '../support/test-database.ts'
import { openNow, toldOpen } from './truth.ts'

const HOUR_MS = 3_600_000

const ofStores: AlertRulesGiven = {
  reach: '6h',
  grid: '1h',
  rules: [
    { condition: 'down', polls: 1, for: '5m', closingGuard: '0s', expire: '2d' },
    { condition: 'down', group: 'city=a', for: '2h' },
    { condition: 'no-data', for: '1h', forget: '5d' },
    { condition: 'unstable', of: 6, changes: 3, until: 1, expire: '2d' },
  ],
}
const ofMany: AlertRulesGiven[] = [
  {},
  {
    reach: '6h',
    grid: '1h',
    rules: [
      { condition: 'down', polls: 1, for: '5m', closingGuard: '0s', expire: '2d' },
      { condition: 'down', group: 'city=a', for: '2h' },
      { condition: 'no-data', for: '1h', forget: '5d' },
      { condition: 'unstable', of: 6, changes: 3, until: 1, expire: '2d' },
      { condition: 'uptime', below: 90, days: 1, observed: 5 },
      { condition: 'budget', target: 99 },
      { condition: 'group-share', by: 'city', stores: 2, within: '12h', expire: '2d' },
      { condition: 'blind', stores: 2, seen: '3d', expire: '2d' },
      { condition: 'late', group: 'city=a' },
    ],
  },
]

async function apply(db: Db, given: AlertRulesGiven): Promise<void> {
  const made = { by: null, reason: null, at: 0 }
  await writeAlone(db, 'data', (tx) => applyAlertRules(tx, alertRules.parse(given), made))
}

async function labelled(db: Db): Promise<void> {
  await writeAlone(db, 'data', async (tx) => {
    const keys = await keysOfStores(tx, ids)
    const values = keys.map((store_key, i) => ({ store_key, label: 'city', value: i % 2 === 0 ? 'a' : 'b' }))
    await tx.insertInto('store_label').values(values).execute()
  })
}

test.each([
  { of: 'stores, at once', rules: [ofStores], restMs: 0 },
  { of: 'many, after a while', rules: [ofMany[1]!, ofStores, ofMany[0]!], restMs: HOUR_MS },
])(
  'whatever changes, the ledger is what is found by looking at all, and to look twice tells nothing: of $of',
  async ({ rules, restMs }) => {
    const step = fc.oneof(
      { weight: 15, arbitrary: fc.record({ does: someChange, looks: fc.boolean(), anew: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ rules: fc.constantFrom(...rules) }) },
    )
    const steps = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' })
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        await using database = await testDatabase()
        await using db = await connect(database.url)
        await using reading = await connect(database.url, { readOnly: true })
        let nowMs = 0
        const parts = {
          reading,
          writing: db,
          setting: { channels: [], routes: [] },
          now: () => nowMs,
          mostTouched: Infinity,
        }
        let watch = createIncidentWatch(parts)
        await apply(db, rules[0]!)
        await labelled(db)
        for (const one of given) {
          if ('rules' in one) await apply(db, one.rules)
          else await applyChange(db, one.does)
          const latest = await latestPollAt(db)
          if (latest === undefined || ('looks' in one && !one.looks)) continue
          nowMs = Math.max(nowMs, latest) + 60_000
          await watch.look()
          nowMs += restMs
          if (restMs > 0) await watch.look()
          expect(await watch.look()).toBe(0)
          await expectTruth(reading, nowMs)
          if (!('anew' in one) || !one.anew) continue
          // Another server takes it, and knows only what is in the ledger.
          await watch.release()
          watch = createIncidentWatch(parts)
          expect(await watch.look()).toBe(0)
        }
        if ((await latestPollAt(db)) === undefined) return
        nowMs += restMs
        await watch.look()
        await watch.release()
        expect(await createIncidentWatch(parts).look()).toBe(0)
      }),
      { numRuns: runsOnDatabase(30), endOnFailure: true },
    )
  },
)

/** What is open and to be told by now was told; what was told to be open is open, or its end is held back. */
async function expectTruth(db: Db, nowMs: number): Promise<void> {
  const truth = await openNow(db, nowMs)
  const told = await toldOpen(db)
  const keyOf = ({ of, openedMs }: { of: string; openedMs: number }) => `${of} ${openedMs}`
  const tellable = truth.filter(({ isToBeTold }) => isToBeTold).map(keyOf)
  expect(told.map(keyOf)).toEqual(expect.arrayContaining(tellable))
  expect(truth.map(keyOf)).toEqual(expect.arrayContaining(told.map(keyOf)))
}
