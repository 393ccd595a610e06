import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Alerts } from '../../server/alerts/alerts.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { acknowledgeIncident } from '../../server/database/acknowledged-incidents.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { getToldIncident } from '../../server/database/listed-incidents.ts'
import { createIncidentWatch, type IncidentWatch } from '../../server/ledger/incident-watch.ts'
import { storeId } from '../../shared/ids.ts'
import { alertScene, secret, type AlertScene } from '../support/alert-scene.ts'
import { addTo } from '../support/random-changes.ts'

const MINUTE_MS = 60_000

const HOUR_MS = 60 * MINUTE_MS

let parts: AsyncDisposableStack
let scene: AlertScene
let reading: Db
let alerts: Alerts
let watch: IncidentWatch
beforeEach(async () => {
  parts = new AsyncDisposableStack()
  scene = parts.use(await alertScene())
  reading = parts.use(await connect(scene.database.url, { readOnly: true }))
  const webhook = (name: string) => ({
    name,
    type: 'webhook' as const,
    url: scene.receiver.url,
    secret,
    allowPrivate: true,
  })
  const given = {
    channels: [webhook('ops'), webhook('boss')],
    routes: [
      { name: 'all', channels: ['ops'], repeat: '1h', escalate: { after: '90m', to: 'boss' } },
      { name: 'boss', channels: ['boss'], onlyEscalated: true },
    ],
  }
  alerts = await scene.alerting(given)
  const setting = alertsSetting.parse(given)
  watch = createIncidentWatch({ reading, writing: scene.db, setting, now: () => scene.nowMs })
  parts.defer(() => watch.release())
})
afterEach(() => parts.disposeAsync())

function polled(stores: readonly string[], isUp: boolean): Promise<void> {
  return addTo(
    scene.db,
    stores.map((store) => ({ storeId: storeId.parse(store), atMs: scene.nowMs, isUp })),
  )
}

/** Polls come for so many minutes, each ten minutes. */
async function pollFor(minutes: number, stores: readonly string[], isUp: boolean): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 10) {
    scene.nowMs += 10 * MINUTE_MS
    await polled(stores, isUp)
    await watch.look()
    await alerts.tellFurther()
    await alerts.deliverDue()
  }
}

test('what was found is told again, to others and to be over, in one order, while polls come', async () => {
  const begin = scene.nowMs
  await pollFor(60, ['a'], true)
  await pollFor(180, ['a'], false)
  await scene.db
    .transaction()
    .execute((tx) => acknowledgeIncident(tx, 1, { by: 'Ann', note: null, untilMs: null }, scene.nowMs))
  await pollFor(180, ['a'], false)
  await pollFor(10, ['a'], true)

  const { told, repeats, events } = await getToldIncident(scene.db, 1, scene.nowMs)
  const minuteOf = (at: string) => (Date.parse(at) - begin) / MINUTE_MS
  expect({ told, repeats }).toEqual({ told: 'over', repeats: 2 })
  expect(events.map(({ kind, at }) => `${kind} ${minuteOf(at)}`)).toEqual([
    'opened 100',
    'repeated 160',
    'escalated 190',
    'repeated 220',
    'resolved 430',
  ])
  expect(scene.receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
    'incident.opened',
    'incident.repeated',
    'incident.escalated',
    'incident.repeated',
    'incident.resolved',
    'incident.resolved',
  ])
})

test('what is over just when it is to be told again is told to be over, and nothing after that', async () => {
  const stores = Array.from({ length: 30 }, (_, i) => `s${i}`)
  await pollFor(20, stores, true)
  await pollFor(60, stores, false)
  scene.nowMs += HOUR_MS
  await polled(stores, true)
  await Promise.all([watch.look(), alerts.tellFurther(), alerts.tellFurther()])
  await alerts.tellFurther()
  const events = await scene.db.selectFrom('alert_event').selectAll().orderBy('sequence').execute()
  const byIncident = [...Map.groupBy(events, ({ incident }) => incident).values()]
  const orders = byIncident.map((ofOne) => ofOne.map(({ kind }) => kind).join())
  expect(orders).toHaveLength(30)
  expect(orders.filter((order) => !/^opened,(?:repeated,)?resolved$/.test(order))).toEqual([])
})
