import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Alerts } from '../../server/alerts/alerts.ts'
import { endSilence, insertSilence, type Matchers } from '../../server/database/silences.ts'
import { listOutbox } from '../../server/database/outbox.ts'
import { alertScene, anEvent, secret, type AlertScene } from '../support/alert-scene.ts'

const HOUR_MS = 3_600_000

let scene: AlertScene
let alerts: Alerts
beforeEach(async () => {
  scene = await alertScene()
  const allowPrivate = true
  const channels = [
    { name: 'chat', type: 'slack' as const, url: scene.receiver.url, allowPrivate },
    { name: 'ops', type: 'webhook' as const, url: scene.receiver.url, secret, allowPrivate },
  ]
  const routes = [{ name: 'all', channels: ['chat', 'ops'], wait: '0s' }]
  alerts = await scene.alerting({ channels, routes })
})
afterEach(() => scene[Symbol.asyncDispose]())

async function silence(matchers: Matchers = {}): Promise<number> {
  const silence = { matchers, fromMs: scene.nowMs, toMs: scene.nowMs + HOUR_MS, author: null, reason: 'x' }
  const { silenceId } = await scene.db.transaction().execute((tx) => insertSilence(tx, silence, scene.nowMs))
  return silenceId
}

async function record(...events: readonly ReturnType<typeof anEvent>[]): Promise<void> {
  await scene.db.transaction().execute((tx) => alerts.record(tx, events))
  await alerts.deliverDue()
}

/** `channel incident sequence state`, but for what waits. */
async function became(): Promise<string[]> {
  const { items } = await listOutbox(scene.db, { limit: 100 })
  return items
    .filter(({ state }) => state !== 'waiting')
    .map(({ channel, incident, sequence, state }) => `${channel} ${incident} ${sequence} ${state}`)
    .toSorted()
}

test('what began and ended in a silence is never told; what is still so at its end is told then', async () => {
  await silence()
  await record(anEvent('short'), anEvent('long'))
  await record(anEvent('short', 2))
  expect(scene.receiver.connections).toBe(0)
  scene.nowMs += HOUR_MS
  await alerts.deliverDue()
  expect(await became()).toEqual([
    'chat long 1 delivered',
    'chat short 1 muted',
    'chat short 2 muted',
    'ops long 1 delivered',
    'ops short 1 muted',
    'ops short 2 muted',
  ])
  expect(await alerts.channels()).toMatchObject([{ waiting: 0 }, { waiting: 0 }])
  await record(anEvent('long', 2), anEvent('short', 3, { kind: 'reopened' }))
  scene.nowMs += HOUR_MS
  await alerts.deliverDue()
  expect(await became()).toEqual(
    expect.arrayContaining(['chat long 2 delivered', 'ops long 2 delivered', 'ops short 3 delivered']),
  )
})

test('that something is over whose beginning was told is told when the silence ends', async () => {
  await record(anEvent('a'))
  const silenceId = await silence()
  await record(anEvent('a', 2))
  expect(await became()).toEqual(['chat a 1 delivered', 'ops a 1 delivered'])
  scene.nowMs += HOUR_MS / 2
  await scene.db.transaction().execute((tx) => endSilence(tx, silenceId, 'Ann', scene.nowMs))
  await alerts.deliverDue()
  expect(await became()).toEqual([
    'chat a 1 delivered',
    'chat a 2 delivered',
    'ops a 1 delivered',
    'ops a 2 delivered',
  ])
})

test('that something is over is told also where its beginning, from before the silence, is still to arrive', async () => {
  scene.receiver.answer = (_, response) => response.writeHead(503).end()
  await record(anEvent('a'))
  await silence()
  scene.nowMs += 1000
  await record(anEvent('a', 2))
  scene.receiver.answer = (_, response) => response.end()
  scene.nowMs += HOUR_MS
  await alerts.deliverDue()
  await alerts.deliverDue()
  expect(await became()).toEqual([
    'chat a 1 delivered',
    'chat a 2 delivered',
    'ops a 1 delivered',
    'ops a 2 delivered',
  ])
})

test('what began anew and ended again in a silence is not told, though it was told of before', async () => {
  await record(anEvent('a'))
  scene.nowMs += HOUR_MS
  scene.receiver.answer = (_, response) => response.writeHead(503).end()
  await record(anEvent('a', 2))
  await silence()
  await record(anEvent('a', 3, { kind: 'reopened' }), anEvent('a', 4))
  scene.receiver.answer = (_, response) => response.end()
  scene.nowMs += HOUR_MS
  await alerts.deliverDue()
  expect(await became()).toEqual([
    'chat a 1 delivered',
    'chat a 2 delivered',
    'chat a 3 muted',
    'chat a 4 muted',
    'ops a 1 delivered',
    'ops a 2 delivered',
    'ops a 3 muted',
    'ops a 4 muted',
  ])
})

test('what another silence is about at the end of one is held back further', async () => {
  await silence()
  await record(anEvent('a'), anEvent('b'))
  scene.nowMs += HOUR_MS / 2
  await silence({ storeIds: ['a'] })
  scene.nowMs += HOUR_MS / 2
  await alerts.deliverDue()
  expect(await became()).toEqual(['chat b 1 delivered', 'ops b 1 delivered'])
  await record(anEvent('a', 2))
  scene.nowMs += HOUR_MS / 2
  await alerts.deliverDue()
  expect((await became()).slice(0, 2)).toEqual(['chat a 1 muted', 'chat a 2 muted'])
})

test.each([
  [{ severity: ['critical'] }, { severity: ['error', 'info'] }],
  [{ condition: ['blind'] }, { condition: ['down'] }],
  [{ labels: ['city=Bonn', 'chain=Soup'] }, { labels: ['city=Bonn'] }],
  [{ storeIds: ['b'] }, { storeIds: ['a', 'b'] }],
] as const)('%j is not about it, %j is', async (other, matching) => {
  const event = (incident: string) =>
    anEvent(incident, 1, { payload: { ...anEvent('a').payload, labels: ['city=Bonn', 'x=y'] } })
  await silence(other)
  await record(event('told'))
  await silence(matching)
  await record(event('held'))
  expect(await became()).toEqual(['chat told 1 delivered', 'ops told 1 delivered'])
})

test('a silence holds nobody up, and a test is told all the same', async () => {
  await silence({ storeIds: ['held'] })
  await record(anEvent('held'), anEvent('told'))
  expect(await became()).toEqual(['chat told 1 delivered', 'ops told 1 delivered'])
  expect(await alerts.test('ops')).toMatchObject({ state: 'delivered' })
})
