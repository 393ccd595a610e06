import { afterEach, beforeEach, expect, test } from 'vitest'
import { alertScene, anEvent, type AlertScene } from '../../support/alert-scene.ts'

let scene: AlertScene
beforeEach(async () => {
  scene = await alertScene()
})
afterEach(() => scene[Symbol.asyncDispose]())

const down = anEvent('detroit-1', 1, {
  payload: {
    severity: 'error',
    condition: 'down',
    summary: 'detroit-1 is down <@all> & *more*',
    note: 'call them',
    storeId: 'detroit-1',
    since: Date.parse('2026-10-05T11:00:00Z'),
  },
})

function posted(): unknown[] {
  return scene.receiver.received.map(({ body }) => JSON.parse(body) as unknown)
}

test('a chat is told in words, in which nobody is mentioned, and where to look', async () => {
  const setting = { name: 'chat', type: 'slack' as const, url: '${CHAT}', allowPrivate: true }
  const environment = { CHAT: `${scene.receiver.url}/services/T0/B0/hidden` }
  const alerts = await scene.alerting({ channels: [setting] }, { environment })
  await scene.record(['chat'], down)
  await alerts.deliverDue()
  expect(scene.receiver.received[0]!.request.url).toBe('/services/T0/B0/hidden')
  expect(posted()).toEqual([
    {
      text: '[error] detroit-1 is down &lt;@all&gt; &amp; *more*, since 2026-10-05 11:00 UTC: call them\n\nhttps://monitor.example.org/stores/detroit-1',
    },
  ])
  expect(await alerts.channels()).toMatchObject([{ target: '${CHAT}' }])
})

test('Teams gets a card', async () => {
  const alerts = await scene.alerting({
    channels: [{ name: 'teams', type: 'teams', url: scene.receiver.url, allowPrivate: true }],
  })
  await scene.record(['teams'], down)
  await alerts.deliverDue()
  expect(posted()).toMatchObject([
    {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              {
                text: String.raw`\[error\] detroit-1 is down <@all> & \*more\*, since 2026-10-05 11:00 UTC: call them`,
                color: 'Attention',
              },
            ],
            actions: [{ type: 'Action.OpenUrl', url: 'https://monitor.example.org/stores/detroit-1' }],
          },
        },
      ],
    },
  ])
})

test('PagerDuty opens and closes what has the same key, and what is over leaves nothing open', async () => {
  const setting = { name: 'pd', type: 'pagerduty' as const, routingKey: '${KEY}', allowPrivate: true }
  const alerts = await scene.alerting(
    { channels: [{ ...setting, url: scene.receiver.url }] },
    { environment: { KEY: 'r0uting' } },
  )
  const again = (['opened', 'repeated', 'escalated'] as const).map((kind, i) =>
    anEvent('again', i + 1, { kind }),
  )
  await scene.record(['pd'], down, anEvent('detroit-1', 2), anEvent('other', 1, { kind: 'late' }), ...again)
  await alerts.deliverDue()
  const of = (key: string) => posted().filter((one) => (one as { dedup_key: string }).dedup_key === key)
  expect(of('detroit-1')).toMatchObject([
    {
      routing_key: 'r0uting',
      event_action: 'trigger',
      client_url: 'https://monitor.example.org',
      payload: {
        summary: down.payload.summary,
        severity: 'error',
        source: 'detroit-1',
        timestamp: '2026-10-05T11:00:00Z',
        class: 'down',
      },
    },
    { event_action: 'resolve' },
  ])
  expect(of('other')).toMatchObject([{ event_action: 'trigger' }, { event_action: 'resolve' }])
  expect(of('again').map((one) => (one as { event_action: string }).event_action)).toEqual(
    again.map(() => 'trigger'),
  )
  await alerts.test('pd')
  expect(posted().slice(-2)).toMatchObject([{ event_action: 'trigger' }, { event_action: 'resolve' }])
})
