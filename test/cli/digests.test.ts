import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'

test('digests are listed and previewed, and doctor knows them and the heartbeat', async () => {
  await using folder = await temporaryFolder()
  await using database = await testDatabase()
  const config = folder.file('store-monitor.yaml')
  await writeFile(
    config,
    `alerts:
  channels:
    - { name: log, type: stdout }
  routes:
    - { name: other, channels: [log], severity: [critical] }
  digests:
    - { name: soup, channel: log, group: chain=Soup }
  heartbeat: { url: '\${BEAT}' }
`,
  )
  const polls = folder.file('polls.csv')
  await writeFile(
    polls,
    'store_id,status,timestamp_utc\na,active,2023-01-23T12:00:00Z\na,active,2023-01-24T12:00:00Z\n',
  )
  const details = folder.file('stores.csv')
  await writeFile(details, 'store_id,name,chain\na,One,Soup\n')
  const on = ['--config', config, '--database', database.url]
  const run = (...args: readonly string[]) => runCli([...args, ...on])
  await run('import', polls, details)

  expect((await run('digests')).stdout).toMatch(
    /DUE\nsoup\s+log\s+chain=Soup\s+day 07:00 UTC\s+none yet\s+\d{4}-\d\d-\d\d\s+\S+T07:00Z\n$/,
  )
  expect(jsonLines((await run('digests', '--json')).stdout)).toMatchObject([{ name: 'soup', last: null }])
  const preview = await run('digests', 'preview', 'soup', '--date', '2023-01-23')
  expect(preview).toMatchObject({ exitCode: 0, stderr: '' })
  expect(preview.stdout).toMatch(
    /^soup 2023-01-23: 100\.00 % uptime, ±0\.00 points\n\nsoup 2023-01-23, 1 store of chain=Soup\n/,
  )
  const asJson = jsonLines((await run('digests', 'preview', 'soup', '--date', '2023-01-23', '--json')).stdout)
  expect(asJson).toMatchObject([{ content: { period: '2023-01-23' } }])
  expect(await run('digests', 'preview', 'none')).toMatchObject({
    exitCode: 3,
    stderr: 'store-monitor: there is no digest "none": there are soup\n',
  })
  const { stdout } = await run('doctor')
  expect(stdout).toMatch(
    /ok\s+digest soup\s+of each day in UTC, of chain=Soup, by log; "digests preview soup"/,
  )
  expect(stdout).toMatch(/failed\s+heartbeat\s+the variable BEAT is not set/)
})
