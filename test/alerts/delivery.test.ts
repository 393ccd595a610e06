import { afterEach, beforeEach, expect, test } from 'vitest'
import { messageIdOf } from '../../server/alerts/message-id.ts'
import { listOutbox } from '../../server/database/outbox.ts'
import type { OutboxMessage } from '../../shared/alert.ts'
import { alertScene, anEvent, secret, verified, type AlertScene } from '../support/alert-scene.ts'

const HOUR_MS = 3_600_000

let scene: AlertScene
beforeEach(async () => {
  scene = await alertScene()
})
afterEach(() => scene[Symbol.asyncDispose]())

function webhook(name = 'ops') {
  return { name, type: 'webhook' as const, url: scene.receiver.url, secret, allowPrivate: true }
}

async function outbox(): Promise<OutboxMessage[]> {
  return (await listOutbox(scene.db, { limit: 100 })).items.reverse()
}

/** What was told, in the order in which it arrived. */
function told(): string[] {
  return scene.receiver.received.map((one) => {
    const { type, data } = verified(one) as { type: string; data: { incident: string; sequence: number } }
    return `${data.incident} ${data.sequence} ${type}`
  })
}

test('an event is posted once, signed, with an id that a receiver knows again', async () => {
  const alerts = await scene.alerting({ channels: [webhook()] })
  await scene.record(['ops'], anEvent('a'))
  await scene.record(['ops'], anEvent('a'))
  await alerts.deliverDue()
  await alerts.deliverDue()
  expect(told()).toEqual(['a 1 incident.opened'])
  const [{ request, body }] = scene.receiver.received as [(typeof scene.receiver.received)[0]]
  expect(request.headers['webhook-id']).toBe(messageIdOf('ops', [anEvent('a')]))
  expect(JSON.parse(body)).toEqual({
    type: 'incident.opened',
    timestamp: '2026-10-05T12:00:00Z',
    data: {
      incident: 'a',
      sequence: 1,
      severity: 'error',
      condition: 'down',
      summary: 'a is down',
      note: null,
      store_id: 'a',
      store_name: null,
      labels: [],
      since: null,
      until: null,
    },
  })
  expect(await outbox()).toMatchObject([{ state: 'delivered', attempts: 1, answer: '200 ok' }])
  expect(scene.attempts).toMatchObject([{ channel: 'ops', outcome: 'delivered' }])
})

test('what fails is tried again as Standard Webhooks has it, with the same id, and given up in the end', async () => {
  scene.receiver.answer = (_, response) => response.writeHead(500).end('no')
  const alerts = await scene.alerting({ channels: [webhook()] })
  await scene.record(['ops'], anEvent('a'), anEvent('a', 2))
  const waits: number[] = []
  for (let i = 0; i < 9; i++) {
    await alerts.deliverDue()
    const [message] = await outbox()
    waits.push((Date.parse(message!.nextAttemptAt!) - scene.nowMs) / 1000)
    scene.nowMs = Date.parse(message!.nextAttemptAt!)
  }
  expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])
  await alerts.deliverDue()
  expect(await outbox()).toMatchObject([
    { state: 'dead', attempts: 10, answer: '500 no', nextAttemptAt: null },
    { state: 'dead', attempts: 0, answer: 'the message before it was given up' },
  ])
  expect(new Set(scene.receiver.received.map(({ request }) => request.headers['webhook-id'])).size).toBe(1)
  expect(await alerts.channels()).toMatchObject([{ state: 'disabled', dead: 2, lastError: '500 no' }])
})

test('waits are spread, and not shorter than what the receiver asks for', async () => {
  scene.receiver.answer = (_, response) => response.writeHead(429, { 'retry-after': '60' }).end()
  const alerts = await scene.alerting({ channels: [webhook()] }, { random: () => 0 })
  await scene.record(['ops'], anEvent('a'))
  await alerts.deliverDue()
  expect(await outbox()).toMatchObject([{ nextAttemptAt: '2026-10-05T12:01:00Z', answer: '429' }])
  scene.nowMs += 60_000
  scene.receiver.answer = (_, response) => response.writeHead(500).end()
  await alerts.deliverDue()
  expect(await outbox()).toMatchObject([{ nextAttemptAt: '2026-10-05T12:05:00Z' }])
})

test('the next message of an incident waits for the one before, and others do not', async () => {
  scene.receiver.answer = ({ body }, response) =>
    response.writeHead(body.includes('"incident":"a"') ? 503 : 200).end()
  const alerts = await scene.alerting({ channels: [webhook()] })
  await scene.record(['ops'], anEvent('a'), anEvent('b'), anEvent('a', 2), anEvent('b', 2))
  await alerts.deliverDue()
  const others = told().filter((text) => text.startsWith('b'))
  expect(others).toEqual(['b 1 incident.opened', 'b 2 incident.resolved'])
  expect(told().filter((text) => text.startsWith('a'))).toEqual(['a 1 incident.opened'])
  scene.receiver.answer = (_, response) => response.end()
  scene.nowMs += 10_000
  await alerts.deliverDue()
  expect(told().slice(-2)).toEqual(['a 1 incident.opened', 'a 2 incident.resolved'])
})

test('a redirect is a failure, and leads nowhere', async () => {
  scene.receiver.answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()
  const alerts = await scene.alerting({ channels: [webhook()] })
  await scene.record(['ops'], anEvent('a'))
  await alerts.deliverDue()
  expect(scene.receiver.received.map(({ request }) => request.url)).toEqual(['/'])
  expect(await outbox()).toMatchObject([{ state: 'waiting', answer: '302: redirects are not followed' }])
})

test('410 disables a channel, which is said by another; a test that arrives ends that, and a dead letter can be sent again', async () => {
  scene.receiver.answer = (_, response) => response.writeHead(410).end()
  const setting = { channels: [webhook(), { name: 'log', type: 'stdout' as const }] }
  const alerts = await scene.alerting(setting)
  await scene.record(['ops'], anEvent('a'))
  await alerts.deliverDue()
  await alerts.deliverDue()
  expect(scene.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    {
      type: 'channel-disabled',
      data: { summary: expect.stringMatching(/by the channel ops any more.*410$/) },
    },
  ])
  expect(scene.notices).toEqual(['channel ops is disabled: 410'])
  await scene.record(['ops'], anEvent('b'), anEvent('c'))
  scene.receiver.answer = (_, response) => response.writeHead(500).end()
  expect(await alerts.test('ops')).toMatchObject({ state: 'waiting', answer: '500' })
  const asked = scene.receiver.received.length
  await alerts.deliverDue()
  expect(scene.receiver.received).toHaveLength(asked)

  scene.receiver.answer = (_, response) => response.end()
  expect(await alerts.test('ops')).toMatchObject({ state: 'delivered', kind: 'test' })
  expect(await alerts.channels()).toMatchObject([{ state: 'ok', failingSince: null }, { name: 'log' }])
  await alerts.deliverDue()
  expect(told().slice(-2).toSorted()).toEqual(['b 1 incident.opened', 'c 1 incident.opened'])
  const sent = scene.receiver.received.length
  const dead = (await outbox()).filter(({ state }) => state === 'dead')
  for (const { messageId } of dead) await alerts.replay(messageId)
  await alerts.deliverDue()
  expect(told().slice(sent)).toEqual(['a 1 incident.opened'])
  await expect(alerts.replay(dead[0]!.messageId)).rejects.toMatchObject({ code: 'conflict' })
  await expect(alerts.replay('msg_none')).rejects.toMatchObject({ code: 'not-found' })
})

test('a channel that several find to be gone at the same time is disabled once', async () => {
  const answers: (() => void)[] = []
  scene.receiver.answer = (_, response) => {
    answers.push(() => response.writeHead(410).end())
    if (answers.length === 4) for (const answer of answers) answer()
  }
  const alerts = await scene.alerting({ channels: [webhook(), { name: 'log', type: 'stdout' as const }] })
  await scene.record(['ops'], ...['a', 'b', 'c', 'd'].map((incident) => anEvent(incident)))
  await alerts.deliverDue()
  await alerts.deliverDue()
  expect(scene.lines).toHaveLength(1)
  expect(scene.notices.filter((text) => text.includes('is disabled'))).toHaveLength(1)
})

test('a channel that has failed for 72 hours is disabled, and not before', async () => {
  scene.receiver.answer = (_, response) => response.writeHead(500).end()
  const alerts = await scene.alerting({ channels: [webhook()] })
  await scene.record(['ops'], anEvent('a'))
  await alerts.deliverDue()
  expect(scene.notices).toEqual(['channel ops fails: 500'])
  scene.nowMs += 71 * HOUR_MS
  await alerts.deliverDue()
  expect(await alerts.channels()).toMatchObject([{ state: 'failing' }])
  scene.nowMs += HOUR_MS
  await alerts.deliverDue()
  expect(await alerts.channels()).toMatchObject([{ state: 'disabled' }])
})

test('a receiver that hangs holds up nobody else, and what it was sent is sent again', async () => {
  const hung = Promise.withResolvers<void>()
  let asked = 0
  scene.receiver.answer = () => {
    if (++asked === 4) hung.resolve()
  }
  const other = { ...webhook('other'), url: `${scene.receiver.url}/other` }
  const late: AbortController[] = []
  const tooLate = () => {
    late.push(new AbortController())
    return late.at(-1)!.signal
  }
  const alerts = await scene.alerting(
    { channels: [webhook(), { name: 'log', type: 'stdout' }, other] },
    { tooLate },
  )
  const incidents = ['a', 'b', 'c', 'd', 'e']
  await scene.record(['ops'], ...incidents.map((incident) => anEvent(incident)))
  const hanging = alerts.deliverDue()
  await hung.promise
  await scene.record(['log'], anEvent('x'))
  await alerts.deliverDue()
  expect(scene.lines).toHaveLength(1)
  scene.receiver.answer = (_, response) => response.end()
  for (const one of late.slice(0, 4)) one.abort()
  await hanging
  scene.nowMs += 10_000
  await alerts.deliverDue()
  expect(await outbox()).toMatchObject([...incidents, 'x'].map(() => ({ state: 'delivered' })))
})

test('of two servers on one database each message is sent by one, and one that is gone is taken over', async () => {
  const setting = { channels: [webhook()] }
  const [one, other] = [await scene.alerting(setting), await scene.alerting(setting)]
  const incidents = Array.from({ length: 40 }, (_, i) => `i${i}`)
  await scene.record(['ops'], ...incidents.flatMap((incident) => [anEvent(incident), anEvent(incident, 2)]))
  await Promise.all([one.deliverDue(), other.deliverDue()])
  await Promise.all([one.deliverDue(), other.deliverDue()])
  expect(scene.receiver.received).toHaveLength(80)
  expect(new Set(told()).size).toBe(80)

  await scene.record(['ops'], anEvent('late'))
  const claimed = { claimed_by: 'who is gone', claimed_until: Date.now() + HOUR_MS }
  await scene.db.updateTable('outbox').set(claimed).where('incident', '=', 'late').execute()
  await one.deliverDue()
  expect(scene.receiver.received).toHaveLength(80)
  await scene.db.updateTable('outbox').set({ claimed_until: 1 }).where('incident', '=', 'late').execute()
  await one.deliverDue()
  expect(told().at(-1)).toBe('late 1 incident.opened')
})

test('a server that stops lets go of what it is at, and another sends it', async () => {
  const arrived = Promise.withResolvers<void>()
  scene.receiver.answer = () => arrived.resolve()
  const setting = { channels: [webhook()] }
  const [one, other] = [await scene.alerting(setting), await scene.alerting(setting)]
  await scene.record(['ops'], anEvent('a'))
  const delivering = one.deliverDue()
  await arrived.promise
  one.stop()
  await delivering
  expect(await outbox()).toMatchObject([{ state: 'waiting', attempts: 0 }])
  scene.receiver.answer = (_, response) => response.end()
  await other.deliverDue()
  expect(await outbox()).toMatchObject([{ state: 'delivered', attempts: 1 }])
})

test('the ledger refuses to be changed', async () => {
  await scene.record(['ops'], anEvent('a'))
  await expect(scene.db.updateTable('alert_event').set({ at: 0 }).execute()).rejects.toThrow(
    /never changed or removed/,
  )
  await expect(scene.db.deleteFrom('alert_event').execute()).rejects.toThrow(/never changed or removed/)
})

test('two secrets sign while one is changed, each from where it is kept', async () => {
  const other = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
  const setting = { ...webhook(), secret: '${NEW}', previousSecret: '${OLD}', headers: { 'X-Key': '${KEY}' } }
  const environment = { NEW: other, OLD: secret, KEY: 'k' }
  const alerts = await scene.alerting({ channels: [setting] }, { environment })
  await alerts.test('ops')
  const [received] = scene.receiver.received
  for (const one of [secret, other]) expect(verified(received!, one)).toMatchObject({ type: 'test' })
  expect(() => verified(received!, `whsec_${Buffer.alloc(24).toString('base64')}`)).toThrow(/signature/i)
  expect(received!.request.headers['x-key']).toBe('k')
  const without = await scene.alerting(
    { channels: [setting] },
    { environment: { KEY: 'k', OLD: 'short', NEW: other } },
  )
  expect(await without.test('ops')).toMatchObject({
    answer: expect.stringMatching(/^its secret is of \d+ bytes/) as string,
  })
  const none = await scene.alerting({ channels: [setting] })
  expect(await none.test('ops')).toMatchObject({
    answer: expect.stringMatching(/^the variable \w+ is not set/) as string,
  })
  expect(JSON.stringify([await alerts.channels(), await outbox(), scene.notices])).not.toMatch(/BwcH|short/)
})
