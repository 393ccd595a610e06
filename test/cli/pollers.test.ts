import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { loopbackServer } from '../support/loopback-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { filledDatabase } from '../support/test-database.ts'

test('a poller is tried and listed without a server', async () => {
  await using folder = await temporaryFolder()
  await using database = await filledDatabase(2)
  await using platform = await loopbackServer((_, response) => response.end('{"open": "no"}'))
  const config = folder.file('monitor.yaml')
  await writeFile(
    config,
    `pollers:
  - name: platform
    url: ${platform.url}/{store_id}
    allowPrivate: true
    rule: { json: { path: $.open, values: { "yes": active, "no": inactive } } }
`,
  )
  await writeFile(folder.file('answer.html'), '<html>')
  const at = ['--config', config, '--database', database.url]
  const listed = await runCli(['pollers', ...at])
  expect(listed).toMatchObject({ exitCode: 0, stderr: '' })
  expect(listed.stdout).toMatch(/^POLLER .*\nplatform +no server +1h +0 +0 +0 +http:\S+\{store_id\}\n$/)
  const first = await runCli(['pollers', 'try', 'platform', ...at])
  expect(first.stdout).toMatch(/^STORE .*\nstore-000001 +200 +inactive +http:\S+\/store-000001\n$/)
  const answer = folder.file('answer.html')
  const toTry = ['pollers', 'try', 'platform', '--store', 'x', '--answer', answer]
  const given = await runCli([...toTry, '--config', config, '--json'])
  expect(jsonLines(given.stdout)).toMatchObject([{ storeId: 'x', poll: null, reason: 'no-match' }])
  const none = await runCli(['pollers', '--database', database.url])
  expect(none).toMatchObject({ stdout: '', stderr: expect.stringMatching(/^there are none: /) as string })
  expect(await runCli(['pollers', 'try', 'none', ...at])).toMatchObject({ exitCode: 3 })
})
