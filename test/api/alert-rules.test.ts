import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { connect } from '../../server/database/connect.ts'
import type { AlertRulesVersion } from '../../shared/alert-rules.ts'
import { madeKeys } from '../support/access-keys.ts'
import { runningServer } from '../support/running-server.ts'

test('rules are applied and read, by the client and over REST; what was in force before stays as it was', async () => {
  await using server = await runningServer()
  const client = createStoreMonitorClient({ url: server.url })
  const usual = await client.alertRule.read.query()
  expect(usual).toMatchObject({ version: 0, at: null, by: null })
  expect(usual.rules.rules.map(({ condition }) => condition)).toEqual([
    'down',
    'no-data',
    'unstable',
    'blind',
    'late',
  ])

  const first = await client.alertRule.set.mutate({
    rules: { rules: [{ condition: 'down', for: '15m' }] },
    by: 'Ann',
    reason: 'sooner',
  })
  expect(first).toMatchObject({ version: 1, by: 'Ann', reason: 'sooner' })
  expect(first.rules.rules).toMatchObject([{ condition: 'down', for: '15m', polls: 2 }])
  // The same again is no version of its own.
  expect(await client.alertRule.set.mutate({ rules: first.rules, by: 'Bob' })).toEqual(first)

  const put = await fetch(`${server.url}/alerts/rules?by=Bob`, {
    method: 'PUT',
    body: JSON.stringify({
      reach: '2h',
      rules: [{ condition: 'group-share', by: 'City', group: 'chain=Soup' }],
    }),
  })
  expect(put.status).toBe(200)
  const second = (await put.json()) as AlertRulesVersion
  expect(second).toMatchObject({
    version: 2,
    by: 'Bob',
    rules: { reach: '2h', rules: [{ condition: 'group-share', by: 'city', group: ['chain=Soup'] }] },
  })
  expect(await client.alertRule.read.query()).toEqual(second)
  const read = await fetch(`${server.url}/alerts/rules?version=1`)
  expect(await read.json()).toEqual(first)
  const { items } = await client.data.changes.query({ kind: 'alert-rules' })
  expect(items.map(({ what, author }) => [what, author])).toEqual([
    ['version 2 of the rules of alerts, with 1 rule', 'Bob'],
    ['version 1 of the rules of alerts, with 1 rule', 'Ann'],
  ])

  await using db = await connect(server.databaseUrl)
  await expect(sql`update alert_rules set rules = '{}'`.execute(db)).rejects.toThrow('never changed')
  await expect(sql`delete from alert_rules`.execute(db)).rejects.toThrow('never changed')
})

test('what is wrong is told, and changes nothing', async () => {
  await using server = await runningServer()
  const put = async (rules: unknown) => {
    const answer = await fetch(`${server.url}/alerts/rules`, { method: 'PUT', body: JSON.stringify(rules) })
    return [answer.status, ((await answer.json()) as { detail: string }).detail]
  }
  expect(await put({ rules: [{ condition: 'down', for: 'long' }] })).toEqual([
    400,
    expect.stringContaining('"long" is not a duration'),
  ])
  expect(await put({ rulez: [] })).toEqual([400, expect.stringContaining('rulez')])
  expect(await put([])).toEqual([400, expect.stringContaining('expected object')])
  const unknown = await fetch(`${server.url}/alerts/rules?version=3`)
  expect(unknown.status).toBe(404)
  expect((await fetch(`${server.url}/alerts/rules?version=three`)).status).toBe(400)
  const client = createStoreMonitorClient({ url: server.url })
  expect(await client.alertRule.read.query()).toMatchObject({ version: 0 })
})

test('keys that read may not change them, and a key of groups may do neither: they are of all stores', async () => {
  await using server = await runningServer()
  const [viewer, operator, ofGroup] = await madeKeys(server.databaseUrl, [
    { name: 'viewer', role: 'viewer' },
    { name: 'operator', role: 'operator' },
    { name: 'soup', role: 'operator', labels: [{ label: 'chain', value: 'Soup' }] },
  ])
  const by = (key: string | undefined) => createStoreMonitorClient({ url: server.url, key: key! }).alertRule
  const rules = { rules: [] }
  expect(await by(viewer).read.query()).toMatchObject({ version: 0 })
  await expect(by(viewer).set.mutate({ rules })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(by(ofGroup).read.query()).rejects.toMatchObject({ code: 'forbidden' })
  await expect(by(ofGroup).set.mutate({ rules })).rejects.toMatchObject({ code: 'forbidden' })
  expect(await by(operator).set.mutate({ rules, by: 'Ann' })).toMatchObject({ by: 'Ann (operator)' })
})
