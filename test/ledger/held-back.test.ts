import { afterEach, beforeEach, expect, test } from 'vitest'
import { listToldIncidents } from '../../server/database/listed-incidents.ts'
import type { IncidentWatch } from '../../server/ledger/incident-watch.ts'
import { ledgerScene, type LedgerScene } from './ledger-scene.ts'

let scene: LedgerScene
let watch: IncidentWatch
beforeEach(async () => {
  scene = await ledgerScene()
  watch = scene.watch()
})
afterEach(() => scene[Symbol.asyncDispose]())

/** Down at the first inactive poll, up again at the third active one in a row; what holds it back ends when the last polls changed once. */
async function begin(of: number): Promise<void> {
  const unstable = { condition: 'unstable' as const, of, changes: 3, until: 1 }
  await scene.rules({ rules: [{ condition: 'down', polls: 1, for: '5m', recover: 3 }, unstable] })
  await scene.poll('a', { 0: '+' })
  await watch.look()
}

test('what a store that goes up and down was found to have been is told when that ends', async () => {
  await begin(6)
  await scene.poll('a', { 60: '-', 70: '+', 80: '-', 90: '+', 100: '+', 110: '+' })
  await watch.look()
  expect(await scene.told()).toEqual(['opened unstable a'])
  await scene.poll('a', { 120: '+' })
  expect(await watch.look()).toBe(0)
  await scene.poll('a', { 130: '+' })
  await watch.look()
  const told = await scene.told()
  expect(told.slice(1).toSorted()).toEqual(['late down a', 'resolved unstable a'])
})

test('where its end is held back, the next time that it is down is another', async () => {
  await begin(12)
  await scene.poll('a', { 60: '-' })
  await watch.look()
  await scene.poll('a', { 70: '+', 80: '-', 90: '+', 100: '+', 110: '+', 115: '-', 120: '-' })
  await watch.look()
  expect(await scene.told()).toEqual(['opened down a', 'opened unstable a'])
  const down = { condition: 'down', told: 'open', closed: null, ending: null }
  const { items } = await listToldIncidents(scene.db, { limit: 10, open: true }, scene.nowMs)
  expect(items).toEqual([expect.objectContaining({ condition: 'unstable' }), expect.objectContaining(down)])
  for (let minute = 130; minute <= 190; minute += 10) {
    await scene.poll('a', { [minute]: '-' })
    await watch.look()
  }
  const told = await scene.told()
  expect(told.slice(2).toSorted()).toEqual(['opened down a', 'resolved down a', 'resolved unstable a'])
})
