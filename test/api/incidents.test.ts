import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import type { IncidentRow } from '../../shared/incident.ts'
import { madeKeys } from '../support/access-keys.ts'
import { runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'

const at = (hour: number, minute = 0) =>
  `2023-01-24 ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')} UTC`

/** Of two chains; one store each is down from 10 to 13. */
const polls = [
  'store_id,status,timestamp_utc',
  ...['soup-1', 'soup-2', 'rival-1'].flatMap((store) =>
    Array.from({ length: 24 }, (_, hour) => {
      const isDown = store !== 'soup-2' && hour >= 10 && hour < 13
      return `${store},${isDown ? 'inactive' : 'active'},${at(hour)}`
    }),
  ),
].join('\n')
const details = ['store_id,name,chain', 'soup-1,A,Soup', 'soup-2,B,Soup', 'rival-1,C,Rival'].join('\n')

async function aServer() {
  const server = await runningServer()
  await server.upload(details, 'store_details.csv')
  await server.upload(polls, 'store_status.csv')
  return server
}

const found = (storeId: string) => ({
  condition: 'down',
  severity: 'error',
  storeId,
  group: null,
  start: '2023-01-24T09:30:00.000Z',
  opened: '2023-01-24T11:00:00.000Z',
  closed: '2023-01-24T13:00:00.000Z',
  ending: 'recovered',
  value: 5_400_000,
  rule: 0,
})

test('incidents are the same by the client, over REST, as CSV, and by the command line', async () => {
  await using server = await aServer()
  const client = createStoreMonitorClient({ url: server.url })
  const { items } = await client.incident.list.query({ condition: 'down' })
  expect(items).toEqual([found('rival-1'), found('soup-1')])

  const rest = async (query: string) => (await fetch(`${server.url}/incidents?${query}`)).text()
  expect(JSON.parse(await rest('condition=down'))).toEqual({ items, nextCursor: null })
  expect(JSON.parse(await rest('condition=down&limit=1'))).toEqual({
    items: [found('rival-1')],
    nextCursor: 'rival-1',
  })
  const csv = [
    'store_id,group,condition,severity,start,opened,closed,ending,value',
    'rival-1,,down,error,2023-01-24T09:30:00.000Z,2023-01-24T11:00:00.000Z,2023-01-24T13:00:00.000Z,recovered,5400000',
    'soup-1,,down,error,2023-01-24T09:30:00.000Z,2023-01-24T11:00:00.000Z,2023-01-24T13:00:00.000Z,recovered,5400000',
    '',
  ].join('\n')
  expect(await rest('condition=down&format=csv&limit=1')).toBe(csv)
  expect(await runCli(['incidents', '--condition', 'down', '--url', server.url])).toEqual({
    exitCode: 0,
    stdout: csv,
    stderr: '',
  })
  expect(JSON.parse(await rest('open=true&condition=down'))).toMatchObject({ items: [] })
  // The polls are of years ago: that they are late is known by the clock.
  expect(items).toHaveLength(2)
  const late = await client.incident.list.query({ open: true })
  expect(late.items).toMatchObject([{ condition: 'late', start: '2023-01-24T23:00:00.000Z', storeId: null }])
})

test('a key of a group is told of its stores, and of nothing that is of all', async () => {
  await using server = await aServer()
  const [key] = await madeKeys(server.databaseUrl, [
    { name: 'soup', role: 'viewer', labels: [{ label: 'chain', value: 'Soup' }] },
  ])
  const client = createStoreMonitorClient({ url: server.url, key: key! })
  const { items } = await client.incident.list.query()
  expect(items).toEqual([found('soup-1')])
  await expect(client.incident.list.query({ storeId: 'rival-1' })).rejects.toMatchObject({
    code: 'not-found',
  })
  await expect(client.incident.simulate.query()).rejects.toMatchObject({ code: 'forbidden' })
})

test('what is simulated is by the rules of a file, which are not in force then', async () => {
  await using server = await aServer()
  const client = createStoreMonitorClient({ url: server.url })
  const rules = { rules: [{ condition: 'down' as const, for: '3h', polls: 3 }] }
  const strict = await client.incident.simulate.query({ rules })
  expect(strict).toMatchObject({ stores: 3, days: [] })
  const usual = await client.incident.simulate.query()
  expect(usual.days).toEqual([{ day: '2023-01-24', rule: 0, opened: 2, closed: 2, held: 0 }])
  const { stdout, stderr } = await runCli(['alerts', 'simulate', '--url', server.url])
  expect(stdout).toBe('day,rule,what,opened,closed,held\n2023-01-24,0,down,2,2,0\n')
  expect(stderr).toBe(
    '3 stores, 2023-01-17T23:00Z to 2023-01-24T23:00Z: 2 openings and 2 ends would have been told; nothing was sent\n',
  )
  expect(await client.alertRule.read.query()).toMatchObject({ version: 0 })
})

test('corrections and data that come later change what is found', async () => {
  await using server = await aServer()
  const client = createStoreMonitorClient({ url: server.url })
  const ofRival = async (): Promise<IncidentRow[]> =>
    (await client.incident.list.query({ storeId: 'rival-1' })).items
  expect(await ofRival()).toEqual([found('rival-1')])
  await server.upload(`store_id,status,timestamp_utc\nrival-1,active,${at(10, 30)}\n`, 'late.csv')
  expect(await ofRival()).toMatchObject([
    { start: '2023-01-24T10:45:00.000Z', opened: '2023-01-24T12:00:00.000Z' },
  ])
  await client.correction.create.mutate({
    storeId: 'rival-1',
    from: '2023-01-24T10:00Z',
    to: '2023-01-24T14:00Z',
    kind: 'excused',
    reason: 'power cut',
  })
  expect(await ofRival()).toEqual([])
})
