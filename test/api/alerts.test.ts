import { afterEach, beforeEach, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { receiver, secret, verified, type Receiver } from '../support/alert-scene.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

let parts: AsyncDisposableStack
let someone: Receiver
let server: TestServer
beforeEach(async () => {
  parts = new AsyncDisposableStack()
  someone = parts.use(await receiver())
  const webhook = { type: 'webhook' as const, url: someone.url, secret: '${SECRET}', allowPrivate: true }
  const alerts = alertsSetting.parse({ channels: [{ name: 'ops', ...webhook }] })
  server = parts.use(await runningServer({ alerts, environment: { SECRET: secret } }))
})
afterEach(() => parts.disposeAsync())

async function ask(method: string, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(server.url + path, { method })
  return { status: response.status, body: await response.json() }
}

test('a channel is tested, and what became of it is told, through every door', async () => {
  const client = createStoreMonitorClient({ url: server.url })
  expect(await ask('POST', '/alerts/channels/ops/test')).toMatchObject({
    status: 200,
    body: { channel: 'ops', kind: 'test', state: 'delivered', attempts: 1, answer: '200 ok' },
  })
  expect(verified(someone.received[0]!)).toMatchObject({ type: 'test' })
  expect(await client.alert.test.mutate({ name: 'ops' })).toMatchObject({ state: 'delivered' })
  const listed = await client.alert.outbox.query({ limit: 1 })
  expect(listed).toMatchObject({ items: [{ channel: 'ops' }], nextCursor: expect.any(String) as string })
  expect(await ask('GET', `/alerts/outbox?limit=1&cursor=${listed.nextCursor}`)).toMatchObject({
    body: { items: [{ state: 'delivered' }], nextCursor: null },
  })
  const shown = { name: 'ops', type: 'webhook', target: someone.url, state: 'ok', waiting: 0, dead: 0 }
  expect(await ask('GET', '/alerts/channels')).toMatchObject({ status: 200, body: { items: [shown] } })
  expect((await client.alert.channels.query()).items).toMatchObject([shown])
  expect(server.happened.filter(({ type }) => type === 'alert')).toHaveLength(2)
  expect(await ask('POST', '/alerts/channels/none/test')).toMatchObject({
    status: 404,
    body: { detail: 'there is no channel "none": there are ops' },
  })
})

test('a dead letter is listed and counted, and sent again where somebody has it so', async () => {
  someone.answer = (_, response) => response.writeHead(410).end('gone')
  expect(await ask('POST', '/alerts/channels/ops/test')).toMatchObject({ body: { state: 'dead' } })
  const dead = await ask('GET', '/alerts/outbox?state=dead')
  const [{ messageId }] = (dead.body as { items: [{ messageId: string }] }).items
  expect(await ask('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ok', deadLetters: 1 } })
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toContain('store_monitor_alert_messages{state="dead"} 1')
  expect(metrics).toContain('store_monitor_alert_attempts_total{outcome="dead"} 1')
  expect(server.told).toEqual(['channel ops is disabled: 410 gone'])

  someone.answer = (_, response) => response.end()
  await ask('POST', '/alerts/channels/ops/test')
  expect(await ask('POST', `/alerts/outbox/${messageId}/replay`)).toMatchObject({ body: { messageId } })
  const isDelivered = async () => (await ask('GET', '/alerts/outbox?state=delivered')).body
  await expect.poll(isDelivered).toMatchObject({ items: [{}, { messageId, attempts: 1 }] })
  expect(await ask('POST', `/alerts/outbox/${messageId}/replay`)).toMatchObject({ status: 409 })
  expect(await ask('POST', '/alerts/outbox/msg_none/replay')).toMatchObject({ status: 404 })
  expect(await ask('GET', '/alerts/outbox?state=lost')).toMatchObject({ status: 400 })
})
