import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { madeKeys } from '../support/access-keys.ts'
import { runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'

/** Always open; one is down on the 24th, from half past nine to half past twelve. */
const polls = [
  'store_id,status,timestamp_utc',
  ...['soup-1', 'soup-2', 'rival-1'].flatMap((store) =>
    Array.from({ length: 49 }, (_, i) => {
      const [day, hour] = [23 + Math.floor(i / 24), i % 24]
      const isDown = store !== 'soup-2' && day === 24 && hour >= 10 && hour < 13
      return `${store},${isDown ? 'inactive' : 'active'},2023-01-${day} ${String(hour).padStart(2, '0')}:00 UTC`
    }),
  ),
].join('\n')
const zones = ['store_id,timezone_str', ...['soup-1', 'soup-2', 'rival-1'].map((id) => `${id},UTC`)].join(
  '\n',
)
const details = ['store_id,name,chain', 'soup-1,A,Soup', 'soup-2,B,Soup', 'rival-1,C,Rival'].join('\n')
const budget = { condition: 'budget', target: 99.5 } as const
const HOUR_MS = 3_600_000

async function aServer() {
  const server = await runningServer()
  await server.upload(zones, 'timezones.csv')
  await server.upload(details, 'store_details.csv')
  await server.upload(polls, 'store_status.csv')
  return server
}

const ofRival = {
  storeId: 'rival-1',
  month: '2023-01',
  target: 99.5,
  rule: 0,
  businessMs: 744 * HOUR_MS,
  budgetMs: 3.72 * HOUR_MS,
  downtimeMs: 3 * HOUR_MS,
  spentPercent: 80.64,
  leftMs: 0.72 * HOUR_MS,
  unknownMs: 21 * 24 * HOUR_MS,
  reached: [50, 75],
  asOf: '2023-01-25T00:00:00.000Z',
}
const header =
  'target(in percent),business_time(in hours),budget(in minutes),downtime(in minutes),spent(in percent),left(in minutes),unknown(in hours)\n'
const lines = [
  'rival-1,2023-01,99.5,744.00,223.20,180.00,80.64,43.20,504.00\n',
  'soup-1,2023-01,99.5,744.00,223.20,180.00,80.64,43.20,504.00\n',
  'soup-2,2023-01,99.5,744.00,223.20,0.00,0.00,223.20,504.00\n',
]

test('where stores stand is the same by the client, over REST, as CSV, and by the command line', async () => {
  await using server = await aServer()
  const client = createStoreMonitorClient({ url: server.url })
  expect(await client.slo.list.query()).toEqual({ items: [], nextCursor: null })
  const rules = { rules: [budget, { condition: 'budget' as const, target: 99, store: 'soup-9' }] }
  await client.alertRule.set.mutate({ rules })
  const { items } = await client.slo.list.query({ month: '2023-01' })
  // The 24th is not over where data time is its end.
  expect(items[0]).toEqual({ ...ofRival, reached: [] })
  await server.upload('store_id,status,timestamp_utc\nsoup-2,active,2023-01-25 00:00:01 UTC\n', 'one.csv')
  expect(await client.slo.list.query({ storeId: 'rival-1' })).toMatchObject({
    items: [{ reached: [50, 75], asOf: '2023-01-25T00:00:01.000Z', downtimeMs: 3 * HOUR_MS }],
  })
  await expect(client.slo.list.query({ storeId: 'nowhere' })).rejects.toMatchObject({ code: 'not-found' })

  const rest = async (path: string) => (await fetch(`${server.url}${path}`)).text()
  expect(JSON.parse(await rest('/slos?limit=1'))).toMatchObject({
    items: [{ storeId: 'rival-1' }],
    nextCursor: 'rival-1',
  })
  expect(await rest('/slos?month=2023-13')).toContain('\\"2023-13\\" is no month: write YYYY-MM')
  const csv = `store_id,month,${header}${lines.join('')}`
  expect(await rest('/slos?month=2023-01&format=csv&limit=1')).toBe(csv)
  expect(await runCli(['slos', '--url', server.url])).toEqual({ exitCode: 0, stdout: csv, stderr: '' })

  const groups = `group,stores,stores_over,${header}Rival,1,0,${lines[0]!.slice(16)}Soup,2,0,99.5,1488.00,446.40,180.00,40.32,266.40,1008.00\n`
  expect(await rest('/slos/groups?by=chain&format=csv')).toBe(groups)
  const byChain = await runCli(['slos', '--group-by', 'chain', '--url', server.url])
  expect(byChain).toEqual({ exitCode: 0, stdout: groups, stderr: '' })
  const ofStore = await runCli(['slos', '--all', '--store', 'soup-1', '--url', server.url])
  expect(ofStore.stderr).toContain('leave out --store')
})

test('a key of a group is told of its stores', async () => {
  await using server = await aServer()
  await createStoreMonitorClient({ url: server.url }).alertRule.set.mutate({ rules: { rules: [budget] } })
  const [key] = await madeKeys(server.databaseUrl, [
    { name: 'soup', role: 'viewer', labels: [{ label: 'chain', value: 'Soup' }] },
  ])
  const client = createStoreMonitorClient({ url: server.url, key: key! })
  const { items } = await client.slo.list.query()
  expect(items.map(({ storeId }) => storeId)).toEqual(['soup-1', 'soup-2'])
  await expect(client.slo.list.query({ storeId: 'rival-1' })).rejects.toMatchObject({ code: 'not-found' })
  expect(await client.slo.groups.query()).toMatchObject({ groups: [{ stores: 2, overStores: 0 }] })
})
