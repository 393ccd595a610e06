import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Resolve } from '../../server/outgoing/guarded-agent.ts'
import { alertScene, secret, type AlertScene } from '../support/alert-scene.ts'

let scene: AlertScene
let port: string
beforeEach(async () => {
  scene = await alertScene()
  port = new URL(scene.receiver.url).port
})
afterEach(() => scene[Symbol.asyncDispose]())

function webhook(url: string, allowPrivate: boolean | string[] = false) {
  return { channels: [{ name: 'ops', type: 'webhook' as const, url, secret, allowPrivate }] }
}

test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  'localhost',
  '0.0.0.0',
])('no byte goes to %s', async (host) => {
  const alerts = await scene.alerting(webhook(`http://${host}:${port}/`))
  expect(await alerts.test('ops')).toMatchObject({
    state: 'waiting',
    answer: expect.stringMatching(/is no address of the public internet/) as string,
  })
  expect(scene.receiver.connections).toBe(0)
})

test('a name that has another address a moment later is judged by the one that is connected to', async () => {
  const asked: string[] = []
  const resolve: Resolve = (host, _, answer) => {
    asked.push(host)
    answer(null, [{ address: asked.length === 1 ? '127.0.0.1' : '93.184.215.14', family: 4 }])
  }
  const alerts = await scene.alerting(webhook(`http://rebinding.example.org:${port}/`), { resolve })
  expect(await alerts.test('ops')).toMatchObject({ answer: expect.stringContaining('127.0.0.1') as string })
  expect(asked).toEqual(['rebinding.example.org'])
  expect(scene.receiver.connections).toBe(0)
})

test('a redirect to a forbidden peer is not followed', async () => {
  const inside = scene.receiver
  await using other = await alertScene()
  other.receiver.answer = (_, response) => response.writeHead(307, { location: inside.url }).end()
  const alerts = await scene.alerting(webhook(other.receiver.url, true))
  expect(await alerts.test('ops')).toMatchObject({ answer: '307: redirects are not followed' })
  expect(inside.connections).toBe(0)
})

test('what the operator allows is connected to, and nothing beside it', async () => {
  const other = await scene.alerting(webhook(scene.receiver.url, ['10.0.0.0/8', '127.0.0.2']))
  expect(await other.test('ops')).toMatchObject({ state: 'waiting' })
  expect(scene.receiver.connections).toBe(0)
  const allowed = await scene.alerting(webhook(scene.receiver.url, ['127.0.0.0/8']))
  expect(await allowed.test('ops')).toMatchObject({ state: 'delivered' })
})
