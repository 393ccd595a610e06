import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { madeKeys } from '../support/access-keys.ts'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const polls = [
  'store_id,status,timestamp_utc',
  ...Array.from({ length: 24 }, (_, hour) => {
    const status = hour >= 10 && hour < 13 ? 'inactive' : 'active'
    return `s1,${status},2023-01-24 ${String(hour).padStart(2, '0')}:00 UTC`
  }),
].join('\n')
const onTheDay = { since: '2023-01-24', until: '2023-01-24' }

test('what a store takes is said by the client, over REST and by the command line, and is what it lost is computed with', async () => {
  await using server = await runningServer()
  await using folder = await temporaryFolder()
  await server.upload(polls, 'store_status.csv')
  const client = createStoreMonitorClient({ url: server.url })
  const revenueUrl = `${server.url}/stores/s1/revenue`
  const read = async () => (await fetch(revenueUrl)).json()
  const put = (body: object) => fetch(revenueUrl, { method: 'PUT', body: JSON.stringify(body) })
  const lost = async () => (await client.sales.atRisk.query({ ...onTheDay, storeId: 's1' })).items[0]!.middle

  const nothing = { storeId: 's1', currency: null, perHour: null }
  expect(await read()).toEqual(nothing)
  expect(await lost()).toBeNull()
  const average = { storeId: 's1', currency: 'EUR', perHour: 120.51 }
  const set = { storeId: 's1', perHour: 120.508, currency: 'eur', by: 'Ann', reason: 'books' }
  expect(await client.store.setRevenue.mutate(set)).toEqual(average)
  // The same again changes nothing.
  await client.store.setRevenue.mutate(set)
  expect(await lost()).toBe(360)
  expect(await client.store.revenue.query({ storeId: 's1' })).toEqual(average)

  const week = Array.from({ length: 168 }, (_, hour) => (hour % 24 < 6 ? null : hour))
  expect(await (await put({ perHour: week })).json()).toEqual({ ...average, perHour: week })
  expect(await read()).toEqual({ ...average, perHour: week })

  const words = folder.file('week.txt')
  await writeFile(words, `- ${'10.5, '.repeat(166)}\n20`)
  const at = ['--url', server.url]
  const byFile = await runCli(['set-revenue', 's1', '--week', words, '--by', 'Bob', ...at])
  expect(byFile.stdout).toMatch(/^s1 +10.50 to 20.00, of 167 hours +EUR$/m)
  const short = folder.file('short.txt')
  await writeFile(short, '1 2 three')
  expect((await runCli(['set-revenue', 's1', '--week', short, ...at])).stderr).toContain(
    '"three", in place 3, is no amount',
  )
  const one = await runCli(['set-revenue', 's2', '--hourly', '85.5', '--currency', 'usd', '--json', ...at])
  expect(jsonLines(one.stdout)).toEqual([{ storeId: 's2', currency: 'USD', perHour: 85.5 }])
  expect(await runCli(['set-revenue', 's1', ...at])).toMatchObject({ exitCode: 2 })
  const none = await runCli(['set-revenue', 's1', '--none', ...at])
  expect(none.stdout).toMatch(/^s1 +not said +EUR$/m)
  expect(await read()).toEqual({ ...nothing, currency: 'EUR' })
  await put({ perHour: Array.from({ length: 168 }, () => null), currency: 'CHF' })
  expect(await read()).toEqual({ ...nothing, currency: 'CHF' })

  const { items } = await client.data.changes.query({ kind: 'revenue' })
  expect(items.map(({ storeId, what, author, reason }) => [storeId, what, author, reason])).toEqual([
    ['s1', 'revenue: CHF nothing is said of it', null, null],
    ['s1', 'revenue: nothing is said of it', null, null],
    ['s2', 'revenue: USD 85.50 an hour', null, null],
    ['s1', 'revenue: 10.56 an hour, the mean of 167 hours of the week', 'Bob', null],
    ['s1', 'revenue: 86.50 an hour, the mean of 126 hours of the week', null, null],
    ['s1', 'revenue: EUR 120.51 an hour', 'Ann', 'books'],
  ])
})

test('a store may take nothing, and what is less or too much is refused by each way alike', async () => {
  await using server = await runningServer()
  const put = (perHour: number) =>
    fetch(`${server.url}/stores/s1/revenue`, { method: 'PUT', body: JSON.stringify({ perHour }) })
  const set = (hourly: string) => runCli(['set-revenue', 's1', '--hourly', hourly, '--url', server.url])
  expect((await set('0')).stdout).toMatch(/^s1 +0.00$/m)
  expect(await (await put(0)).json()).toEqual({ storeId: 's1', currency: null, perHour: 0 })
  for (const wrong of ['-1', '1000000000']) {
    expect((await set(wrong)).stderr).toContain('Write an amount from 0 to 999999999.99')
    expect((await put(Number(wrong))).status).toBe(400)
  }
})

test('what is no amount is refused, and nothing is changed', async () => {
  await using server = await runningServer()
  await server.upload(polls, 'store_status.csv')
  const put = async (body: object, store = 's1') => {
    const url = `${server.url}/stores/${store}/revenue`
    const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(body) })
    return [answer.status, await answer.text()] as const
  }
  for (const [body, said] of [
    [{ perHour: -1 }, '-1 is no amount: write one from 0 to 999999999.99'],
    [{ perHour: 1e12 }, 'is no amount'],
    [{ perHour: '12' }, 'perHour: write an amount, 168 of them, or null'],
    [{ perHour: [1, 2] }, '168 hours of a week'],
    [{ currency: 'EUR' }, 'perHour'],
    [{ perHour: 1, currency: 'Euro' }, 'currency: write three letters such as EUR'],
  ] as const) {
    const [status, text] = await put(body)
    expect([status, text]).toEqual([400, expect.stringContaining(said)])
  }
  const read = await fetch(`${server.url}/stores/s1/revenue`)
  expect(await read.json()).toMatchObject({ perHour: null })
  expect((await fetch(`${server.url}/stores/nowhere/revenue`)).status).toBe(404)
  expect((await put({ perHour: 1 }, 'new'))[0]).toBe(200)
})

test('a key of a group says it of its stores, and reads it of no others', async () => {
  await using server = await runningServer()
  await server.upload('store_id,name,chain\nsoup-1,A,Soup\nrival-1,C,Rival\n', 'store_details.csv')
  const [key] = await madeKeys(server.databaseUrl, [
    { name: 'soup', role: 'operator', labels: [{ label: 'chain', value: 'Soup' }] },
  ])
  const client = createStoreMonitorClient({ url: server.url, key: key! })
  expect(await client.store.setRevenue.mutate({ storeId: 'soup-1', perHour: 5 })).toMatchObject({
    perHour: 5,
  })
  const ofRival = { storeId: 'rival-1', perHour: 5 }
  await expect(client.store.setRevenue.mutate(ofRival)).rejects.toMatchObject({ code: 'not-found' })
  await expect(client.store.revenue.query({ storeId: 'rival-1' })).rejects.toMatchObject({
    code: 'not-found',
  })
})
