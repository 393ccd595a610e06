import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AlertEvent } from '../../server/alerts/alert-event.ts'
import type { Alerts } from '../../server/alerts/alerts.ts'
import { listOutbox } from '../../server/database/outbox.ts'
import { alertScene, anEvent, secret, type AlertScene } from '../support/alert-scene.ts'

const MINUTE_MS = 60_000

let scene: AlertScene
beforeEach(async () => {
  scene = await alertScene()
})
afterEach(() => scene[Symbol.asyncDispose]())

function chat(name = 'chat') {
  return { name, type: 'slack' as const, url: `${scene.receiver.url}/${name}`, allowPrivate: true }
}

function webhook() {
  return {
    name: 'ops',
    type: 'webhook' as const,
    url: `${scene.receiver.url}/ops`,
    secret,
    allowPrivate: true,
  }
}

async function record(alerts: Alerts, ...events: readonly AlertEvent[]): Promise<void> {
  await scene.db.transaction().execute((tx) => alerts.record(tx, events))
}

/** Delivers what is due after so long. */
async function after(minutes: number, alerts: Alerts): Promise<void> {
  scene.nowMs += minutes * MINUTE_MS
  await alerts.deliverDue()
}

/** What a channel was told, a text for each message. */
function told(name = 'chat'): string[] {
  return scene.receiver.received
    .filter(({ request }) => request.url === `/${name}`)
    .map(({ body }) => (JSON.parse(body) as { text: string }).text)
}

const resolvedOf = (incident: string, minutes: number) => {
  const since = Date.parse('2026-10-05T12:00:00Z')
  const payload = {
    ...anEvent(incident).payload,
    summary: `${incident} is up again`,
    since,
    until: since + minutes * MINUTE_MS,
  }
  return anEvent(incident, 2, { payload })
}

test('people are told after two minutes, together, ten stores at most, and where to see the rest', async () => {
  const alerts = await scene.alerting({ channels: [chat(), webhook()] })
  const incidents = Array.from({ length: 25 }, (_, i) => anEvent(`s${i}`))
  await record(alerts, ...incidents)
  await alerts.deliverDue()
  expect(told()).toEqual([])
  expect(scene.receiver.received).toHaveLength(25)
  await after(1, alerts)
  await record(alerts, anEvent('later'))
  await after(1, alerts)
  const lines = told()[0]!.split('\n')
  expect(told()).toHaveLength(1)
  expect(lines.slice(0, 2)).toEqual(['[error] s0 is down', '[error] s1 is down'])
  expect(lines.slice(9)).toEqual(['[error] s9 is down', '… and 15 more', '', 'https://monitor.example.org/'])
  await after(4, alerts)
  expect(told()).toHaveLength(1)
  await after(1, alerts)
  expect(told().slice(1)).toEqual(['[error] later is down\n\nhttps://monitor.example.org/stores/later'])
  const { items } = await listOutbox(scene.db, { limit: 500, channel: 'chat' })
  expect(items.every(({ state }) => state === 'delivered')).toBe(true)
})

test('what is over before it was told is told once, as what it was; programs are told both', async () => {
  const alerts = await scene.alerting({ channels: [chat(), webhook()] })
  await record(alerts, anEvent('a'))
  await after(1, alerts)
  await record(alerts, resolvedOf('a', 70))
  await after(1, alerts)
  expect(told()).toEqual([
    '[over] a is up again (2026-10-05 12:00–13:10 UTC, told late)\n\nhttps://monitor.example.org/stores/a',
  ])
  expect(told('ops')).toHaveLength(2)
})

test('what is over just before it is told again is over, and not told late', async () => {
  const alerts = await scene.alerting({ channels: [chat()] })
  await record(alerts, anEvent('a'))
  await after(2, alerts)
  await after(60, alerts)
  await record(alerts, { ...anEvent('a'), sequence: 2, kind: 'repeated' })
  await record(alerts, { ...resolvedOf('a', 70), sequence: 3 })
  await after(2, alerts)
  expect(told().slice(1)).toEqual(['[over] a is up again\n\nhttps://monitor.example.org/stores/a'])
})

test('while a chat cannot be reached, what is pending collapses, and the rest waits with it', async () => {
  scene.receiver.answer = (_, response) => response.writeHead(503).end()
  const alerts = await scene.alerting({ channels: [chat()] })
  await record(alerts, anEvent('a'))
  await after(2, alerts)
  await record(alerts, resolvedOf('a', 70), anEvent('b'))
  scene.receiver.answer = (_, response) => response.end()
  await after(2, alerts)
  const [failed, ...arrived] = told()
  expect(failed).toMatch(/^\[error\] a is down/)
  expect(arrived).toEqual([
    '[over] a is up again (2026-10-05 12:00–13:10 UTC, told late)\n[error] b is down\n\nhttps://monitor.example.org/',
  ])
  const { items } = await listOutbox(scene.db, { limit: 10 })
  expect(new Set(items.map(({ messageId }) => messageId)).size).toBe(1)
})

test('at most twenty messages an hour go to people, then one has all the rest', async () => {
  const routes = [{ name: 'often', channels: ['chat'], wait: '0s', every: '1m' }]
  const alerts = await scene.alerting({ channels: [chat()], routes })
  for (let i = 0; i < 40; i++) {
    await record(alerts, anEvent(`s${i}`))
    await after(1, alerts)
  }
  expect(told()).toHaveLength(20)
  await after(20, alerts)
  expect(told()).toHaveLength(20)
  await after(1, alerts)
  expect(told()).toHaveLength(21)
  expect(told()[20]).toMatch(/^\[error\] s20 is down[^]*… and 10 more/)
})

test('when ten thousand stores go down at once, a chat has one message', async () => {
  const alerts = await scene.alerting({ channels: [chat()] })
  await record(alerts, ...Array.from({ length: 10_000 }, (_, i) => anEvent(`s${i}`)))
  await after(2, alerts)
  await after(60, alerts)
  expect(told()).toHaveLength(1)
  expect(told()[0]).toContain('… and 9990 more')
  expect(await alerts.channels()).toMatchObject([{ waiting: 0 }])
})

test('a message that somebody was at who is gone is sent as it was, and what is new in another', async () => {
  const alerts = await scene.alerting({ channels: [chat()] })
  await record(alerts, anEvent('a'), anEvent('b'))
  scene.receiver.answer = (_, response) => response.writeHead(503).end()
  await after(2, alerts)
  await scene.db
    .updateTable('outbox')
    .set({ claimed_by: 'who is gone', claimed_until: 1, due_at: scene.nowMs })
    .execute()
  await record(alerts, anEvent('c'))
  scene.receiver.answer = (_, response) => response.end()
  await after(2, alerts)
  await after(5, alerts)
  expect(told()[1]).toBe(told()[0])
  expect(told()[2]).toMatch(/^\[error\] c is down/)
  expect(told()).toHaveLength(3)
})

test('a message that a server was at which stops is sent as it was, and what is new in another', async () => {
  const [one, other] = [
    await scene.alerting({ channels: [chat()] }),
    await scene.alerting({ channels: [chat()] }),
  ]
  await record(one, anEvent('a'), anEvent('b'))
  const arrived = Promise.withResolvers<void>()
  scene.receiver.answer = () => arrived.resolve()
  const delivering = after(2, one)
  await arrived.promise
  one.stop()
  await delivering
  await record(other, anEvent('c'))
  scene.receiver.answer = (_, response) => response.end()
  await after(2, other)
  await after(5, other)
  expect(told()[1]).toBe(told()[0])
  expect(told().slice(2)).toEqual([expect.stringMatching(/^\[error\] c is down/)])
})

test('what arrived, and could not be recorded, is sent as it was, and is no failure of the channel', async () => {
  let breaks = false
  const now = () => {
    if (!breaks) return scene.nowMs
    breaks = false
    throw new Error('nothing can be written')
  }
  const alerts = await scene.alerting({ channels: [chat()] }, { now })
  await record(alerts, anEvent('a'), anEvent('b'))
  scene.receiver.answer = (_, response) => {
    breaks = true
    response.end()
  }
  await after(2, alerts)
  expect(scene.notices).toEqual(['Error: nothing can be written'])
  expect(await alerts.channels()).toMatchObject([{ state: 'ok', waiting: 2 }])
  scene.receiver.answer = (_, response) => response.end()
  await scene.db.updateTable('outbox').set({ claimed_until: 1 }).execute()
  await record(alerts, anEvent('c'))
  await after(2, alerts)
  await after(5, alerts)
  expect(told()[1]).toBe(told()[0])
  expect(told().slice(2)).toEqual([expect.stringMatching(/^\[error\] c is down/)])
})

describe('quiet hours', () => {
  test('hold back all but what is critical, and then tell the latest in one message', async () => {
    const setting = { ...chat(), quiet: { from: '22:00', to: '07:00' }, zone: 'America/Chicago' }
    const routes = ['error', 'warning', 'critical'].map((severity) => ({
      name: severity,
      channels: ['chat'],
      severity: [severity as 'error'],
    }))
    const alerts = await scene.alerting({ channels: [setting], routes })
    // 22:30 there.
    scene.nowMs = Date.parse('2026-10-06T03:30:00Z')
    const warning = { ...anEvent('w').payload, severity: 'warning' as const }
    const critical = { ...anEvent('c').payload, severity: 'critical' as const }
    await record(
      alerts,
      anEvent('a'),
      anEvent('b'),
      anEvent('w', 1, { payload: warning }),
      anEvent('c', 1, { payload: critical }),
    )
    await after(2, alerts)
    expect(told()).toEqual([expect.stringMatching(/^\[critical\] c is down/)])
    await record(alerts, resolvedOf('a', 70))
    await after(8 * 60, alerts)
    expect(told()).toHaveLength(1)
    scene.nowMs = Date.parse('2026-10-06T12:00:00Z')
    await alerts.deliverDue()
    expect(told().slice(1)).toEqual([
      expect.stringMatching(/^\[over\] a .*07:00–08:10.*\n\[error\] b is down\n\[warning\] w is down\n/),
    ])
  })
})

describe('routes', () => {
  test('lead to channels by what happened and where; without one, nothing is told', async () => {
    const channels = ['grave', 'soup', 'one', 'dark'].map(chat)
    const routes = [
      { name: 'grave', channels: ['grave'], severity: ['critical' as const] },
      { name: 'soup', channels: ['soup'], group: ['chain=Soup', 'city=Bonn'] },
      { name: 'one', channels: ['one', 'soup'], store: ['s1'] },
      { name: 'dark', channels: ['dark'], condition: ['blind' as const] },
    ].map((route) => ({ ...route, wait: '0s' }))
    const alerts = await scene.alerting({ channels, routes })
    const of = (incident: string, payload: Partial<AlertEvent['payload']>) =>
      anEvent(incident, 1, { payload: { ...anEvent(incident).payload, ...payload } })
    await record(
      alerts,
      of('none', {}),
      of('critical', { severity: 'critical' }),
      of('soup', { labels: ['chain=Soup', 'city=Bonn', 'x=y'] }),
      of('elsewhere', { labels: ['chain=Soup'] }),
      of('s1', { labels: ['chain=Soup', 'city=Bonn'] }),
      of('blind', { condition: 'blind', storeId: undefined }),
    )
    const { items } = await listOutbox(scene.db, { limit: 100 })
    expect(items.map(({ channel, incident }) => `${channel} ${incident}`).toSorted()).toEqual([
      'dark blind',
      'grave critical',
      'one s1',
      'soup s1',
      'soup soup',
    ])
  })

  test('that something is over is told where its beginning was, and nowhere else', async () => {
    const channels = [chat('grave'), chat('all')]
    const routes = [{ name: 'grave', channels: ['grave'], severity: ['critical' as const], wait: '0s' }]
    const alerts = await scene.alerting({ channels, routes })
    const critical = { ...anEvent('a').payload, severity: 'critical' as const }
    await record(alerts, anEvent('a', 1, { payload: critical }), anEvent('a', 2), anEvent('b', 2))
    const { items } = await listOutbox(scene.db, { limit: 100 })
    expect(items.map(({ channel, kind }) => `${channel} ${kind}`)).toEqual(['grave resolved', 'grave opened'])
  })
})

test('people are told that it is again, or to others, but for what they hear of for the first time', async () => {
  const alerts = await scene.alerting({ channels: [chat()] })
  const first = (kind: AlertEvent['kind']) => anEvent(kind, 1, { kind })
  await scene.record(
    ['chat'],
    first('repeated'),
    first('escalated'),
    anEvent('a'),
    anEvent('a', 2, { kind: 'repeated' }),
  )
  await alerts.deliverDue()
  expect(told()[0]!.split('\n').slice(0, 3)).toEqual([
    '[error, again] repeated is down',
    '[error, escalated] escalated is down',
    '[error] a is down',
  ])
})
