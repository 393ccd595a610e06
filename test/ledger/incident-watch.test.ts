import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCorrection } from '../../server/database/correction-records.ts'
import { deletePolls } from '../../server/database/deleted-polls.ts'
import { keepWatch, recordWatched } from '../../server/database/incident-watch.ts'
import { deleteStore } from '../../server/database/store-deletions.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { incidentFindings } from '../../server/observe/doctor/incidents-finding.ts'
import { storeId } from '../../shared/ids.ts'
import { addTo } from '../support/random-changes.ts'
import type { IncidentWatch } from '../../server/ledger/incident-watch.ts'
import { HOUR_MS, ledgerScene, MINUTE_MS, START_MS, type LedgerScene } from './ledger-scene.ts'

let scene: LedgerScene
let watch: IncidentWatch
beforeEach(async () => {
  scene = await ledgerScene()
  watch = scene.watch()
  await scene.rules({ rules: [{ condition: 'down' }] })
  await scene.poll('a', { 0: '+' })
  await watch.look()
})
afterEach(() => scene[Symbol.asyncDispose]())

const a = storeId.parse('a')

test('what opens is told, and what closes, with what it is and since when', async () => {
  await scene.poll('a', { 60: '-' })
  expect(await watch.look()).toBe(0)
  await scene.poll('a', { 120: '-' })
  expect(await watch.look()).toBe(1)
  await scene.poll('a', { 180: '+' })
  expect(await watch.look()).toBe(1)
  expect(await scene.told()).toEqual(['opened down a', 'resolved down a'])
  expect(await scene.payloads()).toEqual([
    {
      severity: 'error',
      condition: 'down',
      summary: 'store a is down',
      storeId: 'a',
      labels: [],
      since: START_MS + 30 * MINUTE_MS,
    },
    expect.objectContaining({ summary: 'store a was down', until: START_MS + 180 * MINUTE_MS }),
  ])
  expect(await scene.waiting()).toEqual(['incident-1 1', 'incident-1 2'])
  expect(await watch.look()).toBe(0)
})

test('late polls, corrections and removed polls are told as what they change', async () => {
  await scene.poll('a', { 60: '-', 120: '-', 180: '+' })
  await watch.look()
  await scene.poll('a', { 200: '-', 240: '-' })
  await watch.look()
  expect(await scene.told()).toEqual(['late down a', 'opened down a'])
  // It was up in between.
  await scene.poll('a', { 90: '+' })
  await watch.look()
  expect(await scene.told()).toEqual(['late down a', 'opened down a', 'withdrawn down a'])
  // Somebody was wrong in that.
  await scene.change(async (tx) => {
    const time = { startMs: START_MS + 85 * MINUTE_MS, endMs: START_MS + 95 * MINUTE_MS }
    await deletePolls(tx, await keysOfStores(tx, [a]), time)
  })
  await watch.look()
  expect((await scene.told()).slice(3)).toEqual(['late down a'])
  await scene.poll('a', { 300: '+' })
  await watch.look()
  await scene.change(async (tx) => {
    const time = { startMs: START_MS + 299 * MINUTE_MS, endMs: START_MS + 301 * MINUTE_MS }
    await deletePolls(tx, await keysOfStores(tx, [a]), time)
  })
  await watch.look()
  expect((await scene.told()).slice(4)).toEqual(['resolved down a', 'reopened down a'])
  await scene.change(async (tx) => {
    const times = { fromMs: START_MS + 185 * MINUTE_MS, toMs: START_MS + 300 * MINUTE_MS }
    const given = { storeId: a, ...times, kind: 'excused' as const, reason: 'x', author: null }
    await createCorrection(tx, given, scene.nowMs)
  })
  await watch.look()
  expect((await scene.told()).slice(6)).toEqual(['withdrawn down a'])
})

test('what began long before is in the ledger and not told, nor is its end', async () => {
  await scene.poll('b', { 60: '-', 120: '-' })
  await scene.poll('a', { 600: '-', 601: '+' })
  await watch.look()
  expect(await scene.told()).toEqual(['opened down b'])
  await scene.poll('b', { 610: '+' })
  await watch.look()
  expect(await scene.told()).toEqual(['opened down b', 'resolved down b'])
  expect(await scene.waiting()).toEqual([])
})

test('what was held back for long is told when that ends', async () => {
  const stores = Array.from({ length: 10 }, (_, i) => `s${i}`)
  const pollSome = async (minute: number, some: readonly string[], status: '+' | '-') => {
    for (const store of some) await scene.poll(store, { [minute]: status })
    await watch.look()
  }
  await scene.label('city', Object.fromEntries(stores.map((store) => [store, 'b'])))
  await scene.rules({ rules: [{ condition: 'down' }, { condition: 'group-share', by: 'city' }] })
  await pollSome(0, stores, '+')
  for (let minute = 60; minute <= 540; minute += 60) await pollSome(minute, stores, '-')
  for (const store of stores) await scene.poll(store, { 600: store === 's0' ? '-' : '+' })
  for (const minute of [601, 606, 611]) await pollSome(minute, ['a'], '+')
  const told = ['opened group-share city=b', 'resolved group-share city=b', 'opened down s0']
  expect((await scene.told()).toSorted()).toEqual(told.toSorted())
  expect((await scene.waiting()).toSorted()).toEqual(['incident-1 1', 'incident-1 2', 'incident-2 1'])
})

test('what was over when it was looked for the first time is not told', async () => {
  await scene.poll('c', { 60: '-', 120: '-', 180: '+' })
  await scene.poll('a', { 700: '+' })
  await watch.release()
  await scene.change((tx) => tx.updateTable('incident_watch').set({ rules_version: null }).execute())
  expect(await scene.watch().look()).toBe(0)
  expect(await scene.told()).toEqual([])
})

test('rules that are changed rewrite nothing, and end what they do not find', async () => {
  await scene.poll('a', { 60: '-', 120: '-' })
  await scene.poll('b', { 60: '-', 120: '-', 150: '+' })
  await watch.look()
  await scene.rules({ rules: [{ condition: 'down', for: '2h' }] })
  await watch.look()
  const told = ['opened down a', 'late down b', 'resolved down a']
  expect(await scene.told()).toEqual(told)
  const [ended] = await scene.db.selectFrom('incident').select('ending').orderBy('incident_key').execute()
  expect(ended).toEqual({ ending: 'rules' })
  const last = (await scene.payloads()).at(-1)!
  expect(last.summary).toBe('store a is down – as was told by rules that are not in force any more')
  expect(last.until).toBeUndefined()
  await scene.poll('a', { 180: '-' })
  await watch.look()
  expect(await scene.told()).toEqual([...told, 'opened down a'])
  await scene.rules({ rules: [{ condition: 'down', for: '2h', severity: 'critical', note: 'call them' }] })
  expect(await watch.look()).toBe(0)
  await scene.poll('b', { 181: '-', 400: '-' })
  await watch.look()
  expect((await scene.payloads()).at(-1)).toMatchObject({ severity: 'critical', note: 'call them' })
})

test('where data time goes far back, what was told before is not told once more', async () => {
  const dayMinutes = 24 * 60
  await scene.poll('a', { 60: '-', 120: '-', 180: '+' })
  await watch.look()
  for (const day of [8, 16]) {
    await scene.poll('b', { [day * dayMinutes]: '+' })
    await watch.look()
  }
  await scene.change(async (tx) => {
    const time = { startMs: START_MS + 24 * HOUR_MS, endMs: START_MS + 20 * 24 * HOUR_MS }
    await deletePolls(tx, await keysOfStores(tx, [storeId.parse('b')]), time)
  })
  await scene.poll('a', { 181: '+' })
  await watch.look()
  expect(await scene.told()).toEqual(['late down a'])
})

test('a poll that comes late by weeks is told of where that is still open', async () => {
  const dayMinutes = 24 * 60
  await scene.rules({ rules: [{ condition: 'no-data', for: '3h', forget: '28d' }] })
  await scene.poll('b', { 0: '+' })
  await watch.look()
  await scene.poll('a', { [40 * dayMinutes]: '+' })
  await watch.look()
  expect(await scene.told()).toEqual([])
  await scene.poll('b', { [20 * dayMinutes]: '+' })
  await watch.look()
  expect(await scene.told()).toEqual(['opened no-data b'])
})

test('what many were told to be is over, and not taken back, where nobody has looked for long', async () => {
  const stores = ['s0', 's1', 's2']
  const pollAll = async (minute: number, status: '+' | '-') => {
    for (const store of stores) await scene.poll(store, { [minute]: status })
  }
  await scene.label('city', Object.fromEntries(stores.map((store) => [store, 'b'])))
  await scene.rules({ rules: [{ condition: 'group-share', by: 'city', stores: 2 }] })
  await pollAll(0, '+')
  await watch.look()
  await pollAll(60, '-')
  await scene.poll('a', { 65: '+' })
  await watch.look()
  for (const minute of [120, 125, 130, 10 * 24 * 60]) await pollAll(minute, '+')
  await watch.look()
  expect(await scene.told()).toEqual(['opened group-share city=b', 'resolved group-share city=b'])
})

test('where all polls are deleted, what was told is taken back', async () => {
  await scene.poll('a', { 60: '-', 120: '-' })
  await watch.look()
  await scene.change(async (tx) => {
    const time = { startMs: 0, endMs: START_MS + 24 * HOUR_MS }
    await deletePolls(tx, await keysOfStores(tx, [a]), time)
  })
  expect(await watch.look()).toBe(1)
  expect(await watch.look()).toBe(0)
  expect(await scene.told()).toEqual(['opened down a', 'withdrawn down a'])
  await scene.poll('a', { 30: '+', 60: '-', 120: '-' })
  await watch.look()
  expect((await scene.told()).slice(2)).toEqual(['reopened down a'])
})

test('what was told of a store that is deleted is taken back', async () => {
  await scene.poll('b', { 60: '-', 120: '-' })
  await watch.look()
  await scene.change((tx) =>
    deleteStore(tx, { storeId: storeId.parse('b'), by: null, reason: 'x', confirm: 2 }, 0),
  )
  await scene.poll('a', { 180: '+' })
  await watch.look()
  expect(await scene.told()).toEqual(['opened down b', 'withdrawn down b'])
})

test('a feed that stops is one incident, and its stores are none, also when it comes back', async () => {
  const stores = Array.from({ length: 40 }, (_, i) => `s${i}`)
  await scene.label('feed', Object.fromEntries(stores.map((store, i) => [store, i < 20 ? 'x' : 'y'])))
  await scene.rules({
    rules: [
      { condition: 'no-data', for: '3h' },
      { condition: 'blind', stores: 10, group: 'feed=x' },
    ],
  })
  const pollAll = async (minute: number, some: readonly string[]) => {
    for (const store of some) await scene.poll(store, { [minute]: '+' })
    await watch.look()
  }
  for (const minute of [0, 60, 120]) await pollAll(minute, stores)
  for (const minute of [180, 240, 300, 360]) await pollAll(minute, stores.slice(20))
  const told = ['opened no-data a', 'opened blind feed=x']
  expect((await scene.told()).toSorted()).toEqual(told.toSorted())
  await pollAll(420, stores)
  await pollAll(425, stores)
  expect((await scene.told()).slice(2)).toEqual(['resolved blind feed=x'])
})

test('ten thousand stores that are down at once are told in one transaction, and once', async () => {
  const stores = Array.from({ length: 10_000 }, (_, i) => storeId.parse(`s${i}`))
  const pollAll = (minute: number, isUp: boolean) =>
    addTo(
      scene.db,
      stores.map((store) => ({ storeId: store, atMs: START_MS + minute * MINUTE_MS, isUp })),
    )
  await pollAll(0, true)
  await watch.look()
  await pollAll(60, false)
  await pollAll(120, false)
  expect(await watch.look()).toBe(10_000)
  await watch.release()
  expect(await scene.watch().look()).toBe(0)
  const { events } = await scene.db
    .selectFrom('alert_event')
    .select((eb) => eb.fn.countAll<number>().as('events'))
    .executeTakeFirstOrThrow()
  expect(Number(events)).toBe(10_000)
}, 60_000)

test('a feed is late by the clock alone, and is it no more when polls come', async () => {
  await scene.rules({ rules: [{ condition: 'late' }] })
  await watch.look()
  scene.nowMs += 2 * HOUR_MS
  expect(await watch.look()).toBe(0)
  scene.nowMs += 2 * HOUR_MS
  expect(await watch.look()).toBe(1)
  scene.nowMs += HOUR_MS
  expect(await watch.look()).toBe(0)
  await scene.poll('a', { 310: '+' })
  await watch.look()
  expect(await scene.told()).toEqual(['opened late all', 'resolved late all'])
})

test('a feed that is late when its rule goes is not said to be on time', async () => {
  await scene.rules({ rules: [{ condition: 'late' }] })
  await watch.look()
  scene.nowMs += 4 * HOUR_MS
  await watch.look()
  await scene.rules({ rules: [] })
  await watch.look()
  expect(await scene.told()).toEqual(['opened late all', 'resolved late all'])
  const { summary } = (await scene.payloads()).at(-1)!
  expect(summary).toBe('no polls have come for 4h – as was told by rules that are not in force any more')
  const [row] = await scene.db.selectFrom('incident').select(['ending', 'opened_at', 'closed_at']).execute()
  expect(row).toMatchObject({ ending: 'rules', closed_at: row!.opened_at })
})

test('doctor tells how many are open, and where nobody has looked of late', async () => {
  await scene.poll('a', { 60: '-', 120: '-' })
  await watch.look()
  expect(await incidentFindings(scene.db)).toMatchObject([
    { state: 'ok', what: '1 of those that were told is open' },
  ])
  await scene.poll('a', { 200: '-' })
  expect(await incidentFindings(scene.db)).toMatchObject([
    { state: 'warning', what: 'in the polls since 2026-10-05T14:00:00.000Z nobody has looked for incidents' },
  ])
})

test('one server looks; who is gone is replaced, and whoever was frozen records nothing any more', async () => {
  const other = scene.watch()
  expect(await other.look()).toBeUndefined()
  await scene.poll('a', { 60: '-', 120: '-' })
  const { claimed_by: owner } = await scene.db
    .selectFrom('incident_watch')
    .select('claimed_by')
    .executeTakeFirstOrThrow()
  await scene.db.updateTable('incident_watch').set({ claimed_until: 0 }).execute()
  expect(await other.look()).toBe(1)
  const far = { version: 1, sinceMs: 0, dataTimeMs: 0, nowMs: 0 }
  expect(await recordWatched(scene.db, owner!, far)).toBe(false)
  await keepWatch(scene.db, owner!)
  expect(await watch.look()).toBeUndefined()
  await other.release()
  expect(await watch.look()).toBe(0)
  expect(await scene.told()).toEqual(['opened down a'])
})
