import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Alerts } from '../../server/alerts/alerts.ts'
import { connect } from '../../server/database/connect.ts'
import { getToldIncident } from '../../server/database/listed-incidents.ts'
import { endSilence, insertSilence } from '../../server/database/silences.ts'
import { recordEvents } from '../../server/alerts/record-events.ts'
import { giveHours } from '../support/zoned-stores.ts'
import { alertScene, secret, type AlertScene } from '../support/alert-scene.ts'
import { toldIncident, incidentEvent } from '../support/told-incident.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let scene: AlertScene
beforeEach(async () => {
  scene = await alertScene()
})
afterEach(() => scene[Symbol.asyncDispose]())

type Setting = Parameters<AlertScene['alerting']>[0]
type Route = NonNullable<Setting['routes']>[number]

const names = ['ops', 'boss', 'owner'] as const

/** A program and a person, and one to whom it may escalate. */
function alerting(...routes: Route[]): Promise<Alerts> {
  const url = scene.receiver.url
  const webhook = (name: string) => ({
    name,
    type: 'webhook' as const,
    url: `${url}/${name}`,
    secret,
    allowPrivate: true,
  })
  const chat = { name: 'chat', type: 'slack' as const, url: `${url}/chat`, allowPrivate: true }
  return scene.alerting({ channels: [...names.map(webhook), chat], routes })
}

const every4h = { name: 'all', channels: ['ops'], repeat: '4h' }

async function record(alerts: Alerts, key: number, ...kinds: Parameters<typeof incidentEvent>[2][]) {
  await scene.db.transaction().execute(async (tx) => {
    for (const kind of kinds) await alerts.record(tx, [await incidentEvent(tx, key, kind, scene.nowMs)])
  })
  await alerts.deliverDue()
}

/** Goes on until an instant, a step at a time, and does what servers do meanwhile. */
async function until(time: string, alerts: Alerts, stepMs = 30 * MINUTE_MS): Promise<void> {
  while (scene.nowMs < Date.parse(time)) {
    scene.nowMs = Math.min(scene.nowMs + stepMs, Date.parse(time))
    await alerts.tellFurther()
    await alerts.deliverDue()
  }
}

/** `channel kind time` of what arrived. */
async function told(): Promise<string[]> {
  const rows = await scene.db
    .selectFrom('outbox')
    .innerJoin('alert_event', (join) =>
      join
        .onRef('alert_event.incident', '=', 'outbox.incident')
        .onRef('alert_event.sequence', '=', 'outbox.sequence'),
    )
    .select(['channel', 'kind', 'ended_at'])
    .where('state', '=', 'delivered')
    .orderBy('ended_at')
    .orderBy('outbox_key')
    .execute()
  return rows.map(({ channel, kind, ended_at }) => {
    const time = new Date(ended_at!).toISOString().slice(5, 16).replace('T', ' ')
    return `${channel} ${kind} ${time}`
  })
}

function acknowledge(key: number, untilMs: number | null) {
  return scene.db
    .updateTable('incident')
    .set({ acknowledged_at: scene.nowMs, acknowledged_until: untilMs })
    .where('incident_key', '=', key)
    .execute()
}

test('what is still open is told again every four business hours, by the clock of the store, until it is over', async () => {
  const alerts = await alerting(every4h)
  // Noon in UTC is two in Berlin, where it is open from 9 to 17.
  const store = await giveHours(scene.db, 'Europe/Berlin', ['09:00:00', '17:00:00'])
  const key = await toldIncident(scene.db, { store_key: store })
  await record(alerts, key, 'opened')
  await until('2026-10-07T09:00:00Z', alerts)
  expect(await told()).toEqual([
    'ops opened 10-05 12:00',
    'ops repeated 10-06 08:00',
    'ops repeated 10-06 12:00',
    'ops repeated 10-07 08:00',
  ])
  await record(alerts, key, 'resolved')
  await until('2026-10-09T12:00:00Z', alerts, 6 * HOUR_MS)
  expect((await told()).slice(4)).toEqual(['ops resolved 10-07 09:00'])
})

test('business hours follow a change of the clocks', async () => {
  const alerts = await alerting(every4h)
  const store = await giveHours(scene.db, 'Europe/Berlin', ['09:00:00', '17:00:00'])
  const key = await toldIncident(scene.db, { store_key: store })
  // A Saturday, at two in the afternoon; the clocks go back that night.
  scene.nowMs = Date.parse('2026-10-24T12:00:00Z')
  await record(alerts, key, 'opened')
  await until('2026-10-25T12:00:00Z', alerts)
  expect(await told()).toEqual(['ops opened 10-24 12:00', 'ops repeated 10-25 09:00'])
})

test('of many stores all time counts, and at most three a day are told', async () => {
  const alerts = await alerting({ ...every4h, repeat: '1h' })
  await record(alerts, await toldIncident(scene.db), 'opened')
  await until('2026-10-06T16:00:00Z', alerts)
  expect(await told()).toEqual([
    'ops opened 10-05 12:00',
    'ops repeated 10-05 13:00',
    'ops repeated 10-05 14:00',
    'ops repeated 10-05 15:00',
    'ops repeated 10-06 13:00',
    'ops repeated 10-06 14:00',
    'ops repeated 10-06 15:00',
  ])
  expect(await scene.db.selectFrom('incident').select(['sequence', 'repeats']).execute()).toEqual([
    { sequence: 7, repeats: 6 },
  ])
})

test('people are told again unless it says otherwise, and programs only where it says so', async () => {
  const alerts = await alerting({ name: 'all', channels: ['ops', 'chat'], wait: '0s' })
  await record(alerts, await toldIncident(scene.db), 'opened')
  await until('2026-10-05T16:30:00Z', alerts)
  expect(await told()).toEqual([
    'ops opened 10-05 12:00',
    'chat opened 10-05 12:00',
    'chat repeated 10-05 16:00',
  ])
  expect(scene.receiver.received.at(-1)!.body).toContain('[error, again] a is down')
  const never = await alerting({ name: 'all', channels: ['chat'], repeat: 'never' })
  await record(never, await toldIncident(scene.db), 'opened')
  await until('2026-10-06T16:30:00Z', never)
  expect((await told()).slice(3)).toEqual(['chat opened 10-05 17:00'])
})

test('what is acknowledged is told no further until that ends, and then again', async () => {
  const alerts = await alerting(
    { ...every4h, escalate: { after: '60m', to: 'boss' } },
    { name: 'boss', channels: ['boss'], onlyEscalated: true },
  )
  const key = await toldIncident(scene.db)
  await record(alerts, key, 'opened')
  await until('2026-10-05T12:30:00Z', alerts)
  await acknowledge(key, Date.parse('2026-10-06T00:00:00Z'))
  await until('2026-10-06T04:00:00Z', alerts)
  expect(await told()).toEqual([
    'ops opened 10-05 12:00',
    'ops repeated 10-06 00:00',
    'boss escalated 10-06 01:00',
    'ops repeated 10-06 04:00',
  ])
  await acknowledge(key, null)
  await until('2026-10-08T00:00:00Z', alerts)
  expect(await told()).toHaveLength(4)
})

test('that it was acknowledged is over where it comes back, also where that is not told', async () => {
  const key = await toldIncident(scene.db)
  const happens = (kind: 'opened' | 'resolved' | 'reopened') =>
    scene.db.transaction().execute(async (tx) => {
      await recordEvents(tx, [await incidentEvent(tx, key, kind, scene.nowMs)], () => [], scene.nowMs)
    })
  const acknowledgement = async () => (await getToldIncident(scene.db, key, scene.nowMs)).acknowledgement
  await happens('opened')
  await acknowledge(key, null)
  await happens('resolved')
  expect(await acknowledgement()).toMatchObject({ isInForce: false })
  await happens('reopened')
  expect(await acknowledgement()).toBeNull()
})

test('that it was acknowledged is over where it comes back, and it is told again', async () => {
  const alerts = await alerting(every4h)
  const key = await toldIncident(scene.db)
  await record(alerts, key, 'opened')
  await acknowledge(key, null)
  await record(alerts, key, 'resolved', 'reopened')
  await until('2026-10-05T16:30:00Z', alerts)
  expect((await told()).at(-1)).toBe('ops repeated 10-05 16:00')
})

describe('escalation', () => {
  const boss = { name: 'boss', channels: ['boss'], onlyEscalated: true, severity: ['info' as const] }
  const escalating = { name: 'all', channels: ['ops'], escalate: { to: 'boss' } }

  test('what nobody acknowledges is told to others once, whatever they are told else, and its end, too', async () => {
    const alerts = await alerting(escalating, boss)
    const key = await toldIncident(scene.db)
    await record(alerts, key, 'opened')
    await until('2026-10-07T12:00:00Z', alerts)
    expect(await told()).toEqual(['ops opened 10-05 12:00', 'boss escalated 10-05 13:00'])
    await record(alerts, key, 'resolved')
    expect((await told()).slice(2).toSorted()).toEqual([
      'boss resolved 10-07 12:00',
      'ops resolved 10-07 12:00',
    ])
    const body = JSON.parse(scene.receiver.received[1]!.body) as unknown
    expect(body).toMatchObject({ type: 'incident.escalated', data: { sequence: 2, summary: 'a is down' } })
  })

  test('it goes on to further routes, and ends where they lead back', async () => {
    const alerts = await alerting(
      escalating,
      { ...boss, escalate: { after: '30m', to: 'owner' } },
      { name: 'owner', channels: ['owner', 'boss'], onlyEscalated: true, escalate: { to: 'boss' } },
    )
    await record(alerts, await toldIncident(scene.db), 'opened')
    await until('2026-10-07T12:00:00Z', alerts)
    expect((await told()).toSorted()).toEqual([
      'boss escalated 10-05 13:00',
      'boss escalated 10-05 13:30',
      'ops opened 10-05 12:00',
      'owner escalated 10-05 13:30',
    ])
  })

  test('minutes in which the store is closed do not count', async () => {
    const alerts = await alerting(escalating, boss)
    const store = await giveHours(scene.db, 'UTC', ['08:00:00', '12:20:00'])
    await record(alerts, await toldIncident(scene.db, { store_key: store }), 'opened')
    await until('2026-10-06T10:00:00Z', alerts, 10 * MINUTE_MS)
    expect(await told()).toEqual(['ops opened 10-05 12:00', 'boss escalated 10-06 08:40'])
  })
})

test('two servers that look at the same time tell it once, and a transaction that failed nothing', async () => {
  const alerts = await alerting(every4h)
  const other = await alerting(every4h)
  for (let i = 0; i < 20; i++) await record(alerts, await toldIncident(scene.db), 'opened')
  scene.nowMs += 4 * HOUR_MS
  await using failing = await connect(scene.database.url)
  const broken = await scene.alerting(
    { channels: [{ name: 'ops', type: 'stdout' }], routes: [every4h] },
    {
      writing: new Proxy(failing, {
        get: (db, name) =>
          name === 'transaction'
            ? () => ({
                execute: (act: (tx: unknown) => Promise<unknown>) =>
                  db.transaction().execute(async (tx) => {
                    await act(tx)
                    throw new Error('killed')
                  }),
              })
            : (Reflect.get(db, name, db) as unknown),
      }),
    },
  )
  await expect(broken.tellFurther()).rejects.toThrow('killed')
  await Promise.all([alerts.tellFurther(), other.tellFurther()])
  await Promise.all([alerts.tellFurther(), other.tellFurther()])
  const rows = await scene.db.selectFrom('alert_event').select(['incident', 'kind']).execute()
  expect(rows.filter(({ kind }) => kind === 'repeated')).toHaveLength(20)
  expect(rows).toHaveLength(40)
})

test('what has not arrived is not told a second time', async () => {
  const alerts = await alerting({ ...every4h, repeat: '1h' })
  scene.receiver.answer = (_, response) => response.writeHead(503).end()
  await record(alerts, await toldIncident(scene.db), 'opened')
  await until('2026-10-05T15:00:00Z', alerts)
  expect(await scene.db.selectFrom('alert_event').select('kind').execute()).toEqual([{ kind: 'opened' }])
  scene.receiver.answer = (_, response) => response.end()
  await until('2026-10-06T00:00:00Z', alerts)
  expect((await told()).slice(0, 2).map((one) => one.slice(0, 12))).toEqual(['ops opened 1', 'ops repeated'])
})

describe('what is given up', () => {
  const boss = { name: 'boss', channels: ['boss'], onlyEscalated: true }

  /** As if the receiver of a channel refused each message for good. */
  async function refuses(channel: string): Promise<void> {
    await scene.db
      .updateTable('outbox')
      .set({ state: 'dead', ended_at: scene.nowMs })
      .where('channel', '=', channel)
      .where('state', '=', 'waiting')
      .execute()
  }

  async function recorded(): Promise<string[]> {
    const events = await scene.db.selectFrom('alert_event').select('kind').orderBy('sequence').execute()
    return events.map(({ kind }) => kind)
  }

  async function untilRefused(time: string, alerts: Alerts, channel: string): Promise<void> {
    while (scene.nowMs < Date.parse(time)) {
      scene.nowMs += 10 * MINUTE_MS
      await alerts.tellFurther()
      await refuses(channel)
      await alerts.deliverDue()
    }
  }

  test('is told to others once, also where it is told again', async () => {
    const alerts = await alerting({ ...every4h, escalate: { to: 'boss' } }, boss)
    await record(alerts, await toldIncident(scene.db), 'opened')
    await untilRefused('2026-10-05T18:00:00Z', alerts, 'boss')
    expect(await recorded()).toEqual(['opened', 'escalated', 'repeated'])
  })

  test('is told again as often as what arrives, and by who told its beginning', async () => {
    const alerts = await alerting({ ...every4h, repeat: '1h', repeatsADay: 2 })
    await record(alerts, await toldIncident(scene.db), 'opened')
    await untilRefused('2026-10-06T14:00:00Z', alerts, 'ops')
    expect(await recorded()).toEqual(['opened', 'repeated', 'repeated', 'repeated', 'repeated'])
    const other = await toldIncident(scene.db)
    await scene.db.transaction().execute(async (tx) => {
      await alerts.record(tx, [await incidentEvent(tx, other, 'opened', scene.nowMs)])
    })
    await refuses('ops')
    await until('2026-10-06T20:00:00Z', alerts)
    expect((await told()).filter((one) => one.includes('10-06 1'))).toEqual([])
  })

  test('is told to others though nobody was told it', async () => {
    const alerts = await alerting({ name: 'all', channels: ['ops'], escalate: { to: 'boss' } }, boss)
    const key = await toldIncident(scene.db)
    await scene.db.transaction().execute(async (tx) => {
      await alerts.record(tx, [await incidentEvent(tx, key, 'opened', scene.nowMs)])
    })
    await refuses('ops')
    await until('2026-10-05T14:00:00Z', alerts)
    expect(await told()).toEqual(['boss escalated 10-05 13:00'])
  })
})

test('a silence holds it back as anything else', async () => {
  const alerts = await alerting(every4h)
  const key = await toldIncident(scene.db)
  await record(alerts, key, 'opened')
  const silence = {
    matchers: {},
    fromMs: scene.nowMs,
    toMs: scene.nowMs + 24 * HOUR_MS,
    author: null,
    reason: 'x',
  }
  const { silenceId } = await insertSilence(scene.db, silence, scene.nowMs)
  await until('2026-10-06T02:00:00Z', alerts)
  expect(await told()).toEqual(['ops opened 10-05 12:00'])
  await scene.db.transaction().execute((tx) => endSilence(tx, silenceId, null, scene.nowMs))
  await until('2026-10-06T04:00:00Z', alerts)
  expect(await told()).toEqual(['ops opened 10-05 12:00', 'ops repeated 10-06 02:30'])
})

describe('what others hold back is told neither again nor to others until they are over', () => {
  const labels = ['chain=Soup', 'city=Bonn']

  test.each([
    ['down', 'group-share', ['city=Bonn'], true],
    ['down', 'group-share', ['city=Rome'], false],
    ['unstable', 'group-share', ['city=Bonn'], true],
    ['no-data', 'blind', [], true],
    ['no-data', 'blind', ['chain=Soup', 'city=Rome'], false],
    ['no-data', 'group-share', ['city=Bonn'], false],
    ['down', 'unstable', undefined, true],
    ['down', 'blind', [], false],
  ] as const)('%s, by %s of %j: %s', async (condition, by, ofMany, isMuted) => {
    const alerts = await alerting(
      { ...every4h, escalate: { to: 'boss' } },
      { name: 'boss', channels: ['boss'] },
    )
    const key = await toldIncident(scene.db, { store_key: 1, condition })
    const muting = await toldIncident(scene.db, { store_key: ofMany ? null : 1, condition: by })
    await scene.db.transaction().execute(async (tx) => {
      const event = await incidentEvent(tx, key, 'opened', scene.nowMs, { labels, condition })
      const ofOther = await incidentEvent(tx, muting, 'opened', scene.nowMs, { labels: ofMany ?? labels })
      await alerts.record(tx, [event])
      await recordEvents(tx, [ofOther], () => [], scene.nowMs)
    })
    await until('2026-10-05T17:00:00Z', alerts)
    expect(new Set((await told()).map((one) => one.split(' ')[1]))).toEqual(
      new Set(isMuted ? ['opened'] : ['opened', 'escalated', 'repeated']),
    )
    await record(alerts, muting, 'resolved')
    await until('2026-10-05T17:30:00Z', alerts)
    expect((await told()).filter((one) => /^(ops rep|boss esc)/.test(one))).toHaveLength(2)
  })
})
