import { writeFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { identityProvider } from '../support/identity-provider.ts'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { keysOfRoles } from '../support/access-keys.ts'
import { loopbackServer } from '../support/loopback-server.ts'
import { runningServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { databaseType, filledDatabase, testDatabase } from '../support/test-database.ts'

interface Line {
  readonly check?: string
  readonly state?: string
  readonly what?: string
  readonly remedy?: string | null
  readonly setting?: string
  readonly value?: string
  readonly from?: string
}

async function doctor(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly exitCode: number | null; readonly lines: readonly Line[]; of(check: string): Line }> {
  const { exitCode, stdout, stderr } = await runCli(['doctor', '--json', ...args], { environment })
  expect(stderr).toBe('')
  const lines = jsonLines(stdout) as readonly Line[]
  return { exitCode, lines, of: (check) => lines.find((line) => line.check === check) ?? {} }
}

test('where all is well, everything is ok, and each setting has its origin', async () => {
  await using database = await filledDatabase(3)
  const { exitCode, lines, of } = await doctor(['--database', database.url], { PORT: '8123' })
  expect(exitCode).toBe(0)
  expect(lines.filter(({ state }) => state === 'failed')).toEqual([])
  for (const check of [
    'settings',
    'Node.js',
    'database',
    'version',
    'size',
    'integrity',
    'tables',
    'clock',
    'zones',
  ]) {
    expect(of(check), check).toMatchObject({ state: 'ok' })
  }
  expect(of('version').what).toMatch(databaseType === 'sqlite' ? /^SQLite 3\.\d+/ : /^PostgreSQL 1\d.*UTF8$/)
  expect(lines).toContainEqual({ setting: 'port', value: '8123', from: 'PORT' })
  expect(lines).toContainEqual({ setting: 'host', value: '127.0.0.1', from: 'default' })
  expect(lines).toContainEqual({ setting: 'sessionIdle', value: '12h', from: 'default' })
  expect(lines).toContainEqual(expect.objectContaining({ setting: 'databaseUrl', from: '--database' }))
})

test('people get tables', async () => {
  await using database = await testDatabase()
  const { exitCode, stdout } = await runCli(['doctor', '--database', database.url])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^STATE +CHECK +WHAT\nok +settings /)
  expect(stdout).toMatch(/\n\nSETTING +VALUE +FROM\nhost +127\.0\.0\.1 +default\n/)
})

test('a variable that looks like ours and is none is named, with the one that may be meant', async () => {
  await using database = await testDatabase()
  const environment = {
    STORE_MONITOR_WORKER: '3',
    STOREMONITOR_LOG_LEVEL: 'debug',
    STORE_MONITOR_LIMIT_CONNECTION: '4',
    STORE_MONITOR_KEY: 'x',
    STORE_MONITOR_LIMIT_HEAD_TIME: '5s',
  }
  const { exitCode, lines } = await doctor(['--database', database.url], environment)
  expect(exitCode).toBe(0)
  expect(lines.filter(({ check }) => check === 'variable')).toEqual([
    {
      check: 'variable',
      state: 'warning',
      what: 'STORE_MONITOR_WORKER is set, and is no setting',
      remedy: 'is STORE_MONITOR_WORKERS meant?',
    },
    expect.objectContaining({ remedy: 'is STORE_MONITOR_LOG_LEVEL meant?' }),
    expect.objectContaining({ remedy: 'is STORE_MONITOR_LIMIT_CONNECTIONS meant?' }),
  ])
  expect(lines).toContainEqual({
    setting: 'limits.headTime',
    value: '5s',
    from: 'STORE_MONITOR_LIMIT_HEAD_TIME',
  })
})

test('a configuration file is where settings come from, or is told to be wrong', async () => {
  await using folder = await temporaryFolder()
  await using database = await testDatabase()
  const file = folder.file('store-monitor.yaml')
  await writeFile(file, `databaseUrl: ${database.url}\nworkers: 2\n`)
  const right = await doctor(['--config', file])
  expect(right.lines).toContainEqual({ setting: 'workers', value: '2', from: `${file}, line 2` })
  expect(right.exitCode).toBe(0)
  await writeFile(file, 'wokers: 2\n')
  const wrong = await doctor(['--config', file])
  expect(wrong.exitCode).toBe(1)
  expect(wrong.of('settings')).toMatchObject({
    state: 'failed',
    what: `${file}, line 1: there is no key "wokers": is "workers" meant?`,
  })
})

test('a database that is not there, or of an older version, is told, and nothing is made or changed', async () => {
  await using folder = await temporaryFolder()
  const missing = await doctor(['--database', folder.file('none.db')])
  expect(missing.exitCode).toBe(1)
  expect(missing.of('database')).toMatchObject({ state: 'failed' })
  expect(missing.of('database').what).toMatch(/^there is no database at /)

  await using database = await testDatabase()
  await using db = await connect(database.url)
  await sql`delete from kysely_migration where name = '021-totals'`.execute(db)
  const older = await doctor(['--database', database.url])
  expect(older.of('tables')).toMatchObject({
    state: 'warning',
    what: expect.stringContaining('021-totals') as string,
  })
  const { rows } = await sql`select 1 from kysely_migration where name = '021-totals'`.execute(db)
  expect(rows).toEqual([])
})

test('polls that are yet to come are told', async () => {
  await using database = await testDatabase()
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  const pushed = await runCli(['push', '-', '--database', database.url], {
    input: `store_id,status,timestamp_utc\na,active,${tomorrow}\n`,
  })
  expect(pushed.exitCode).toBe(0)
  expect((await doctor(['--database', database.url])).of('latest poll')).toMatchObject({ state: 'warning' })
})

test('a server is looked at over HTTP: what it is, its clock, whether it is ready, and what the key may', async () => {
  await using server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n')
  const open = await doctor(['--url', server.url])
  expect(open.exitCode).toBe(0)
  for (const check of ['server', 'clock', 'database', 'tables', 'writing', 'key', 'data', 'latest poll']) {
    expect(open.of(check), check).toMatchObject({ state: 'ok' })
  }
  expect(open.of('version').what).toContain('0.0.0-test')
  expect(open.of('data').what).toBe('1 store, 1 poll')
  expect(open.lines.filter(({ setting }) => setting !== undefined)).toEqual([])

  const keys = await keysOfRoles(server.databaseUrl)
  await expect.poll(async () => (await fetch(`${server.url}/stores`)).status, { timeout: 10_000 }).toBe(401)
  const without = await doctor(['--url', server.url])
  expect([without.exitCode, without.of('key').state]).toEqual([1, 'failed'])
  const viewer = await doctor(['--url', server.url], { STORE_MONITOR_KEY: keys.viewer })
  expect(viewer.of('key').what).toMatch(/^viewer is viewer: .*reports:read/)
  const ingester = await doctor(['--url', server.url, '--key', keys.ingester])
  expect([ingester.exitCode, ingester.of('data')]).toEqual([0, {}])
})

test('a clock that is wrong is told, and what is no server of ours, or is none', async () => {
  let offMs = -3_600_000
  await using late = await loopbackServer(({ url = '' }, response) => {
    const answers: Readonly<Record<string, object>> = {
      '/': { name: 'store-monitor', version: '0.0.0' },
      '/readyz': { status: 'failing', checks: [{ name: 'database', ok: false, reason: 'it is gone: look' }] },
    }
    const date = new Date(Date.now() + offMs).toUTCString()
    response.writeHead(url === '/readyz' ? 503 : 200, { date, 'content-type': 'application/json' })
    response.end(JSON.stringify(answers[url] ?? { result: { data: { isAsked: false, permissions: [] } } }))
  })
  const wrong = await doctor(['--url', late.url])
  expect(wrong.exitCode).toBe(1)
  expect(wrong.of('clock')).toMatchObject({
    state: 'warning',
    what: expect.stringMatching(/^the server's is 3(599|600) s behind /) as string,
  })
  offMs = 3_600_000
  expect((await doctor(['--url', late.url])).of('clock').what).toMatch(
    /^the server's is 3[56]\d\d s ahead of /,
  )
  expect(wrong.of('database')).toMatchObject({ state: 'failed', what: 'it is gone', remedy: 'look' })

  await using other = await loopbackServer((_, response) => void response.end('<html>'))
  const notOurs = await doctor(['--url', other.url])
  expect(notOurs.of('server')).toMatchObject({ state: 'failed', remedy: 'is the URL right?' })
  const none = await doctor(['--url', 'http://127.0.0.1:9'])
  expect([none.exitCode, none.of('server').what]).toEqual([1, expect.stringContaining('cannot reach')])
  for (const args of [
    ['--url', 'nonsense'],
    ['--key', 'x'],
    ['--url', other.url, '--database', 'a.db'],
  ]) {
    expect((await runCli(['doctor', ...args])).exitCode, args.join(' ')).toBe(2)
  }
})

test('a provider of OpenID Connect is asked whether it is the one that is meant; its secret is not shown', async () => {
  await using folder = await temporaryFolder()
  await using database = await testDatabase()
  await using provider = await identityProvider()
  const config = folder.file('monitor.yaml')
  const write = (issuer: string, more = '') =>
    writeFile(
      config,
      `oidc:\n  issuer: ${issuer}\n  clientId: soup-monitor\n  clientSecret: \${SOUP_SECRET}\n  mapping: [{ value: a, role: viewer }]\n${more}`,
    )
  const args = ['--database', database.url, '--config', config]
  const environment = { SOUP_SECRET: 'very-secret' }
  await write(provider.issuer, 'publicUrl: https://monitor.example.org\n')
  const { lines, of } = await doctor(args, environment)
  expect(of('OpenID Connect')).toMatchObject({
    state: 'ok',
    what: `${provider.issuer} answers, as that issuer; it has to let soup-monitor send people to https://monitor.example.org/session/oidc/callback`,
  })
  expect(JSON.stringify(lines)).not.toContain('very-secret')
  await write(`${provider.issuer}/realms/other`)
  expect((await doctor(args, environment)).of('OpenID Connect')).toMatchObject({ state: 'failed' })
  await write(provider.issuer)
  expect((await doctor(args)).of('OpenID Connect')).toMatchObject({
    state: 'failed',
    what: expect.stringContaining('the variable SOUP_SECRET is not set') as string,
  })
  await write(provider.issuer, 'host: 0.0.0.0\n')
  expect((await doctor(args, environment)).of('OpenID Connect')).toMatchObject({
    state: 'failed',
    remedy: 'write publicUrl (PUBLIC_URL), such as https://monitor.example.org',
  })
})
