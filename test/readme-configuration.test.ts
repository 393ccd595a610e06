import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loopbackServer } from './support/loopback-server.ts'
import { jsonLines, runCli } from './support/run-cli.ts'
import { temporaryFolder } from './support/temporary-folder.ts'
import { filledDatabase } from './support/test-database.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** What the README has for a configuration file, with hosts of this machine. */
function configuration(host: string): string {
  const blocks = Array.from(readme.matchAll(/^```yaml\n(.*?)^```$/gms), ([, yaml = '']) => yaml)
  return blocks
    .join('')
    .replaceAll(/https:\/\/\w+\.example\.org/g, host)
    .replaceAll(/^ {2}- name: .*$/gm, '$&\n    allowPrivate: true')
}

test("the README's sources and pollers take what it says they take", async () => {
  await using folder = await temporaryFolder()
  await using database = await filledDatabase(2)
  await using platform = await loopbackServer((request, response) => {
    const state = { id: 'chicago-loop-01', ordering: { state: 'PAUSED' } }
    const isRight = request.headers.authorization === 'Bearer secret'
    if (request.url === '/v1/stores')
      response.writeHead(isRight ? 200 : 401).end(JSON.stringify({ data: [state] }))
    else if (request.url === '/outlets/store-000001') response.end('<button>Order now</button>')
    else response.writeHead(404).end()
  })
  const config = folder.file('store-monitor.yaml')
  await writeFile(config, configuration(platform.url))
  const environment = { PLATFORM_TOKEN: 'secret' }
  const run = (...args: readonly string[]) =>
    runCli([...args, '--json', '--config', config, '--database', database.url], { environment })
  const pulled = await run('sources', 'pull', 'platform')
  expect(jsonLines(pulled.stdout)).toMatchObject([{ outcome: 'imported', import: { rowsAccepted: 1 } }])
  const tried = await run('pollers', 'try', 'website', '--store', 'store-000001')
  expect(jsonLines(tried.stdout)).toMatchObject([{ poll: 'active' }])
  const other = await run('pollers', 'try', 'website', '--store', 'store-000002')
  expect(jsonLines(other.stdout)).toMatchObject([{ poll: 'inactive', status: 404 }])
})
