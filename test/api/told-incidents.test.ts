import { afterEach, beforeEach, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { recordRouted } from '../../server/alerts/record-events.ts'
import { createRouting } from '../../server/alerts/routing.ts'
import { bearing, madeKeys } from '../support/access-keys.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'
import { incidentEvent, toldIncident } from '../support/told-incident.ts'

const setting = alertsSetting.parse({ channels: [{ name: 'log', type: 'stdout' }] })

let parts: AsyncDisposableStack
let server: TestServer
let db: Db
beforeEach(async () => {
  parts = new AsyncDisposableStack()
  server = parts.use(await runningServer())
  db = parts.use(await connect(server.databaseUrl))
})
afterEach(() => parts.disposeAsync())

const payload = { storeId: 'a', storeName: 'Alpha', summary: 'Alpha is down' }

async function record(key: number, ...kinds: Parameters<typeof incidentEvent>[2][]): Promise<number> {
  await db.transaction().execute(async (tx) => {
    for (const kind of kinds) {
      const event = await incidentEvent(tx, key, kind, Date.now(), payload)
      await recordRouted(tx, [event], createRouting(setting), Date.now())
    }
  })
  return key
}

async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const headers = { 'content-type': 'application/json' }
  const given = body === undefined ? {} : { body: JSON.stringify(body), headers }
  const response = await fetch(server.url + path, { method, ...given })
  return { status: response.status, body: await response.json() }
}

test('the ledger is listed, the latest first, and one is shown with its events and messages', async () => {
  const key = await record(await toldIncident(db, { store_key: 1 }), 'opened')
  const over = await record(await toldIncident(db, { condition: 'blind' }), 'opened', 'resolved')
  const client = createStoreMonitorClient({ url: server.url })
  const open = {
    incidentId: key,
    condition: 'down',
    severity: 'error',
    storeId: 'a',
    storeName: 'Alpha',
    group: null,
    summary: 'Alpha is down',
    closed: null,
    told: 'open',
    acknowledgement: null,
    repeats: 0,
    lastTold: null,
  }
  const first = await client.incident.told.query({ limit: 1 })
  expect(first).toMatchObject({ items: [{ incidentId: over, told: 'over' }], nextCursor: String(over) })
  expect(await ask('GET', `/incidents/told?limit=1&cursor=${over}`)).toMatchObject({
    status: 200,
    body: { items: [open], nextCursor: null },
  })
  expect(await ask('GET', '/incidents/told?open=true')).toMatchObject({ body: { items: [open] } })
  expect(await ask('GET', '/incidents/told?condition=late')).toMatchObject({ body: { items: [] } })
  expect(await ask('GET', '/incidents/told?store_id=nowhere')).toMatchObject({ status: 404 })
  await db.updateTable('outbox').set({ state: 'delivered', ended_at: 1000 }).execute()
  expect(await ask('GET', `/incidents/${over}`)).toMatchObject({
    status: 200,
    body: {
      lastTold: '1970-01-01T00:00:01Z',
      events: [
        { sequence: 1, kind: 'opened', summary: 'Alpha is down' },
        { sequence: 2, kind: 'resolved' },
      ],
      messages: [
        { channel: 'log', kind: 'opened', state: 'delivered' },
        { channel: 'log', kind: 'resolved' },
      ],
    },
  })
  expect(await ask('GET', '/incidents/99')).toMatchObject({
    status: 404,
    body: { detail: 'there is no incident 99: "store-monitor incidents told" lists them' },
  })
  expect(await ask('GET', '/incidents/x')).toMatchObject({ status: 400 })
})

test('an incident is acknowledged, again, and that is taken back, through every door', async () => {
  const key = await record(await toldIncident(db), 'opened')
  const client = createStoreMonitorClient({ url: server.url })
  const until = '2099-10-05T18:00:00Z'
  const said = { by: 'Ann', note: 'the oven', until, isInForce: true }
  expect(
    await ask('POST', `/incidents/${key}/acknowledge`, { note: 'the oven', until, by: 'Ann' }),
  ).toMatchObject({
    status: 200,
    body: { acknowledgement: said },
  })
  expect(await client.incident.acknowledge.mutate({ incidentId: key })).toMatchObject({
    acknowledgement: { by: null, note: null, until: null, isInForce: true },
  })
  expect(await ask('DELETE', `/incidents/${key}/acknowledge`)).toMatchObject({
    status: 200,
    body: { acknowledgement: null },
  })
  await expect(client.incident.takeBack.mutate({ incidentId: key })).rejects.toThrow(
    `incident ${key} is not acknowledged`,
  )
  expect(await ask('POST', `/incidents/${key}/acknowledge`, { until: '2020-01-01T00:00:00Z' })).toMatchObject(
    {
      status: 400,
      body: { detail: expect.stringMatching(/until: .* is not after .*: write a later time/) as string },
    },
  )
  expect(await ask('POST', `/incidents/${key}/acknowledge`)).toMatchObject({ status: 200 })
  await db.updateTable('incident').set({ acknowledged_until: 1000 }).execute()
  expect(await client.incident.get.query({ incidentId: key })).toMatchObject({
    acknowledgement: { isInForce: false },
  })
})

test('what is over, or not there, is not acknowledged, and what comes back is not any more', async () => {
  const key = await record(await toldIncident(db), 'opened')
  await ask('POST', `/incidents/${key}/acknowledge`, { note: 'x' })
  await record(key, 'resolved')
  expect(await ask('GET', `/incidents/${key}`)).toMatchObject({
    body: { acknowledgement: { note: 'x', isInForce: false } },
  })
  expect(await ask('POST', `/incidents/${key}/acknowledge`)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining(`incident ${key} is over`) as string },
  })
  await record(key, 'reopened')
  expect(await ask('GET', `/incidents/${key}`)).toMatchObject({ body: { acknowledgement: null } })
  expect(await ask('POST', '/incidents/99/acknowledge')).toMatchObject({ status: 404 })
  expect(await ask('DELETE', '/incidents/99/acknowledge')).toMatchObject({ status: 404 })
})

test('who has a key is its author, whatever is said, and needs to be let', async () => {
  const key = await record(await toldIncident(db), 'opened')
  const [operator, viewer, ofGroup] = await madeKeys(server.databaseUrl, [
    { name: 'ann', role: 'operator' },
    { name: 'viewer', role: 'viewer' },
    { name: 'bonn', role: 'operator', labels: [{ label: 'city', value: 'Bonn' }] },
  ])
  const as = (token: string, method: string, path: string) =>
    fetch(server.url + path, { method, headers: bearing(token) })
  const path = `/incidents/${key}/acknowledge`
  await expect.poll(async () => (await as('wrong', 'POST', path)).status).toBe(401)
  expect((await as(viewer!, 'POST', path)).status).toBe(403)
  expect((await as(viewer!, 'GET', '/incidents/told')).status).toBe(200)
  expect((await as(ofGroup!, 'GET', '/incidents/told')).status).toBe(403)
  const acknowledged = await as(operator!, 'POST', path)
  expect(await acknowledged.json()).toMatchObject({ acknowledgement: { by: 'ann' } })
})
