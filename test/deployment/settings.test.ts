import { readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import BetterSqlite3 from 'better-sqlite3'
import { createProgram } from '../../client/cli/program.ts'
import type { CommandContext } from '../../client/cli/context.ts'
import { describeSettings, readConfig } from '../../server/config.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { fillDatabase } from '../support/filled-database.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'
import { markdownTable, withoutPadding } from '../support/markdown-table.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
const parts = new AsyncDisposableStack()
let folder: TemporaryFolder

beforeAll(async () => {
  folder = parts.use(await temporaryFolder())
})
afterAll(() => parts.disposeAsync())

/** The table of settings as docs/operations.md is to have it; `prettier --write` makes it pretty. */
function settingsTable(): string {
  const code = (text: string) => `\`${text}\``
  const rows = describeSettings().map(({ description, key, flag, variables, defaultText }) => {
    const isValue = /^[\w.:/-]+$/.test(defaultText)
    return [
      description,
      code(key),
      flag ? code(flag) : '',
      variables.map(code).join(', '),
      isValue ? code(defaultText) : defaultText,
    ]
  })
  const head = ['setting', 'key in a file', 'flag of `serve`', 'environment variable', 'default']
  return markdownTable(head, rows)
}

test('docs/operations.md lists every setting, as the program has it', () => {
  const [table] = /^\| setting [^]*?(?=\n\n)/m.exec(page) ?? []
  expect(withoutPadding(table ?? ''), `write:\n${settingsTable()}`).toBe(withoutPadding(settingsTable()))
})

test('serve takes every flag that there is, and says which variables there are', () => {
  const serve = createProgram({ version: '0' } as CommandContext).commands.find(
    (command) => command.name() === 'serve',
  )!
  for (const { flag, variables } of describeSettings()) {
    if (flag === undefined) continue
    const option = serve.options.find(({ long }) => long === flag)
    for (const variable of variables) expect(option?.description).toContain(variable)
  }
})

describe('a setting', () => {
  test('is that of the flag, else of the first variable that is not empty, else the default', () => {
    const environment = { PORT: '', HOST: '::1', DATABASE_URL: '', DB_URL: 'sqlite:a.db' }
    expect(readConfig(environment, { host: '0.0.0.0', port: undefined })).toMatchObject({
      host: '0.0.0.0',
      port: 8000,
      databaseUrl: 'sqlite:a.db',
    })
    expect(readConfig({ DATABASE_URL: 'b.db', DB_URL: 'a.db' })).toMatchObject({ databaseUrl: 'b.db' })
  })

  test.each([
    [{ PORT: 'http' }, /--port, PORT.*"http"/],
    [{ PORT: '70000' }, /--port, PORT.*"70000"/],
    [{ STORE_MONITOR_WORKERS: '0' }, /--workers, STORE_MONITOR_WORKERS.*"0"/],
  ])('that cannot be is named: %o', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message)
  })

  test('comes from .env in the current folder, unless the environment has it', async () => {
    const cwd = folder.file('with-env')
    await mkdir(cwd)
    await fillDatabase(join(cwd, 'of-file.db'), 1)
    await writeFile(join(cwd, '.env'), '# ours\nexport DB_URL="sqlite:of-file.db"\r\nPORT=0\n')
    expect(await runCli(['stores', '--json'], { cwd })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/store-000001/) as string,
    })
    const other = await runCli(['stores'], { cwd, environment: { DATABASE_URL: 'other.db' } })
    expect(other).toMatchObject({ exitCode: 5, stderr: expect.stringMatching(/other\.db/) as string })
    await using server = startCli(['serve'], { cwd })
    await server.said(/listening on http:\/\/127\.0\.0\.1:\d+ with sqlite:of-file\.db/)
  })

  test('does not come from a folder .env, such as Python has, nor from an .env that is not there', async () => {
    const cwd = folder.file('with-folder')
    await mkdir(join(cwd, '.env'), { recursive: true })
    const result = await runCli(['stores'], { cwd })
    expect(result).toMatchObject({
      exitCode: 5,
      stderr: expect.stringMatching(/there is no database/) as string,
    })
  })
})

describe('a configuration file', () => {
  const written = async (name: string, files: Readonly<Record<string, string>>) => {
    const cwd = folder.file(name)
    await mkdir(cwd)
    for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text)
    return cwd
  }

  test('of the current folder counts behind the environment, and the server says which it is', async () => {
    const cwd = await written('with-yaml', {
      'store-monitor.yaml': 'port: 0 # a free one\ndatabaseUrl: of-yaml.db\nworkers: 1\n',
    })
    await using server = startCli(['serve'], { cwd })
    const [, found] = await server.said(/listening on \S+ with of-yaml\.db, set by ([^\s"]+)/)
    expect(found).toBe(join(cwd, 'store-monitor.yaml'))
    const other = await runCli(['stores'], { cwd, environment: { DB_URL: 'other.db' } })
    expect(other).toMatchObject({ exitCode: 5, stderr: expect.stringMatching(/other\.db/) as string })
  })

  test('is one that is named, also for commands without a server', async () => {
    await fillDatabase(folder.file('of-json.db'), 1)
    const file = folder.file('monitor.json')
    await writeFile(file, JSON.stringify({ databaseUrl: folder.file('of-json.db') }))
    const stores = await runCli(['stores', '--json', '--config', file])
    expect(stores).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/store-000001/) as string })
    const byVariable = await runCli(['stores', '--json'], { environment: { STORE_MONITOR_CONFIG: file } })
    expect(byVariable.stdout).toBe(stores.stdout)
    const ofServer = await runCli(['stores', '--config', file, '--url', 'http://127.0.0.1:1'])
    expect(ofServer).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/--config is for/) as string,
    })
  })

  test('that is one of two is to be named', async () => {
    const cwd = await written('with-two', { 'store-monitor.yaml': '', 'store-monitor.json': '{}' })
    const { exitCode, stderr } = await runCli(['stores'], { cwd })
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr:
        'store-monitor: there are store-monitor.yaml and store-monitor.json: name one of them with --config\n',
    })
  })
})

describe('what a server cannot start with is said in one line:', () => {
  async function failure(args: readonly string[]): Promise<{ exitCode: number | null; stderr: string }> {
    const { exitCode, stderr } = await runCli(['serve', '--port', '0', ...args])
    expect(stderr).toMatch(/^store-monitor: .*\n$/)
    return { exitCode, stderr }
  }

  test('a port that is in use', async () => {
    const other = createServer()
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as { port: number }
    const result = await failure(['--port', String(port), '--database', folder.file('port.db')])
    other.close()
    expect(result).toEqual({
      exitCode: 5,
      stderr:
        `store-monitor: cannot listen on 127.0.0.1 port ${port}: another program listens there; stop it, ` +
        'or choose another port with --port\n',
    })
  })

  test('a folder, a file that is no database, one without its second half, one damaged inside', async () => {
    await fillDatabase(folder.file('whole.db'), 1000)
    const whole = readFileSync(folder.file('whole.db'))
    await writeFile(folder.file('text.db'), 'this is no database, but some text\n'.repeat(200))
    await writeFile(folder.file('half.db'), whole.subarray(0, whole.length / 2))
    await writeFile(folder.file('damaged.db'), whole.fill('x', 4096))
    for (const name of ['', 'text.db', 'half.db', 'damaged.db']) {
      const path = folder.file(name)
      const { exitCode, stderr } = await failure(['--database', path])
      expect({ exitCode, stderr }).toEqual({
        exitCode: 5,
        stderr: expect.stringMatching(/database/) as string,
      })
    }
  })

  test('a database of another program, or of a newer version', async () => {
    const other = new BetterSqlite3(folder.file('other.db'))
    other.exec('create table store (id integer primary key)')
    other.close()
    await fillDatabase(folder.file('newer.db'), 1)
    const newer = new BetterSqlite3(folder.file('newer.db'))
    newer.prepare('insert into kysely_migration values (?, ?)').run('999-from-later', '2099-01-01')
    newer.close()
    for (const name of ['other.db', 'newer.db']) {
      const { exitCode, stderr } = await failure(['--database', folder.file(name)])
      expect(exitCode).toBe(5)
      expect(stderr).toMatch(
        name === 'other.db' ? /cannot be migrated: .*another program/ : /newer version of .*999-from-later/,
      )
    }
  })

  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    await fillDatabase(folder.file('secret.db'), 1)
    await chmod(folder.file('secret.db'), 0)
    expect((await failure(['--database', folder.file('secret.db')])).exitCode).toBe(5)
  })

  test('a database of a kind that there is no dialect for', async () => {
    expect((await failure(['--database', 'mysql://127.0.0.1/stores'])).exitCode).toBe(2)
  })
})
