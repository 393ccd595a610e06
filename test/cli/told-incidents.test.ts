import { expect, test } from 'vitest'
import { recordRouted } from '../../server/alerts/record-events.ts'
import { createRouting } from '../../server/alerts/routing.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { connect } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { testDatabase } from '../support/test-database.ts'
import { incidentEvent, toldIncident } from '../support/told-incident.ts'

test('incidents that were told are listed, shown, acknowledged, and that is taken back', async () => {
  await using database = await testDatabase()
  const run = (...args: readonly string[]) => runCli(['incidents', ...args, '--database', database.url])
  {
    await using db = await connect(database.url)
    await migrateToLatest(db)
    const routing = createRouting(alertsSetting.parse({ channels: [{ name: 'log', type: 'stdout' }] }))
    for (const kinds of [['opened'], ['opened', 'resolved']] as const) {
      const key = await toldIncident(db)
      for (const kind of kinds) {
        const event = await incidentEvent(db, key, kind, Date.now())
        await db.transaction().execute((tx) => recordRouted(tx, [event], routing, Date.now()))
      }
    }
  }
  const told = await run('told')
  expect(told).toMatchObject({ exitCode: 0, stderr: '' })
  expect(told.stdout).toMatch(/^INCIDENT {2}TOLD .*\n +2 {2}over .*a is down\n +1 {2}open .*a is down\n$/)
  expect(jsonLines((await run('told', '--open', '--json')).stdout)).toMatchObject([{ incidentId: 1 }])
  expect(await run('told', '--condition', 'late')).toMatchObject({ stdout: '', stderr: 'there are none\n' })

  const acknowledged = await run('ack', '1', '--note', 'the oven', '--for', '4h', '--by', 'Ann')
  expect(acknowledged).toMatchObject({ exitCode: 0, stderr: '' })
  expect(acknowledged.stdout).toMatch(/ Ann until \d{4}-\S+Z {2}a is down\n$/)
  const shown = await run('get', '1')
  expect(shown.stdout).toMatch(/\n\nthe oven\n\nEVENT .*\n +1 {2}opened .*\n\nEVENT .*\n +1 {2}log +waiting/)
  expect(await run('ack', '1', '--for', '4h', '--until', '2099-01-01')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('exclude each other') as string,
  })
  for (const [duration, why] of [
    ['0m', 'no time at all'],
    ['9999999d', 'too long'],
    ['99999999999d', 'too long'],
  ] as const) {
    const { exitCode, stderr } = await run('ack', '1', '--for', duration)
    expect([exitCode, stderr]).toEqual([
      2,
      `store-monitor: --for: "${duration}" is ${why}: write a duration such as "90m", "4h" or "7d"\n`,
    ])
  }
  expect(await run('ack', '2')).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('is over') as string,
  })
  expect(await run('ack', '3')).toMatchObject({ exitCode: 3 })
  expect(jsonLines((await run('unack', '1', '--json')).stdout)).toMatchObject([{ acknowledgement: null }])
  expect(await run('unack', '1')).toMatchObject({ exitCode: 4 })
  expect((await run('told', '--all')).stdout).not.toContain('Ann')
})
