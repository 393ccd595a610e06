import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
/** What leads a command to the server, and to its database. */
let atServer: string[]
let atDatabase: string[]
beforeAll(async () => {
  server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n')
  atServer = ['--url', server.url]
  atDatabase = ['--database', server.databaseUrl]
})
afterAll(() => server[Symbol.asyncDispose]())

async function created(...args: string[]): Promise<string> {
  const { exitCode, stdout } = await runCli(['keys', 'create', ...args, '--json', ...atDatabase])
  expect(exitCode).toBe(0)
  return String(jsonLines(stdout)[0]!['key'])
}

test('a key is made where the database is, told once, and then needed', async () => {
  const made = await runCli(['keys', 'create', '--name', 'admin', '--role', 'admin', ...atDatabase])
  expect(made.stdout).toMatch(/^smk_[0-9a-f]{12}_[\w-]{43}\n$/)
  expect(made.stderr).toContain('it is shown this once, and kept nowhere')
  const admin = made.stdout.trim()
  await expect.poll(async () => (await runCli(['stores', ...atServer])).exitCode, { timeout: 10_000 }).toBe(6)
  const without = await runCli(['stores', ...atServer])
  expect(without.stderr).toMatch(
    /asks for a key: .* by --key or STORE_MONITOR_KEY; .*"npx store-monitor keys create --name NAME --role viewer"\n$/,
  )
  for (const how of [
    { args: ['--key', admin], environment: {} },
    { args: [], environment: { STORE_MONITOR_KEY: admin } },
  ]) {
    const stores = await runCli(['stores', '--json', ...atServer, ...how.args], how)
    expect(jsonLines(stores.stdout)).toMatchObject([{ storeId: 'a' }])
  }

  const listed = await runCli(['keys', 'list', '--key', admin, ...atServer])
  expect(listed.stdout).toMatch(
    /^NAME +KEY +ROLE +GROUPS +STATE .*\nadmin +smk_[0-9a-f]{12}_… +admin +in-force .*\n$/,
  )
  expect(listed.stdout).not.toContain(admin.slice(20))
})

test('a key may be of groups, and expire', async () => {
  const now = Date.now()
  await created(
    '--name',
    'soup',
    '--role',
    'viewer',
    '--group',
    'chain=Soup',
    'city=Bonn',
    '--expires',
    '90d',
  )
  const { stdout } = await runCli(['keys', '--json', '--limit', '1', ...atDatabase])
  const [key] = jsonLines(stdout)
  expect(key).toMatchObject({ name: 'soup', labels: ['chain=Soup', 'city=Bonn'], state: 'in-force' })
  const days = (Date.parse(String(key!['expiresAt'])) - now) / 86_400_000
  expect(Math.round(days)).toBe(90)
})

test('an ingester pushes and imports by the command line, and no more', async () => {
  const key = await created('--name', 'poller', '--role', 'ingester')
  const at = [...atServer, '--key', key]
  const poll = 'store_id,status,timestamp_utc\na,active,2023-01-24 11:00:00 UTC\n'
  const pushed = await runCli(['push', '-', ...at], { input: poll })
  expect(pushed.exitCode).toBe(0)
  const imported = await runCli(['import', '-', ...at], { input: poll })
  expect(imported).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/complete +polls/) as string })
  expect(await runCli(['stores', ...at])).toMatchObject({
    exitCode: 6,
    stderr: expect.stringMatching(
      /the key "poller" may not do this: .* stores:read, .* role viewer has/,
    ) as string,
  })
})

test('a key is revoked by its name, and the record says by whom', async () => {
  await created('--name', 'left', '--role', 'viewer')
  const args = ['keys', 'revoke', 'left', '--by', 'Ann', '--reason', 'left us', ...atDatabase]
  expect(await runCli(args)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/revoked/) as string,
  })
  expect(await runCli(args)).toMatchObject({ exitCode: 3, stdout: '' })
  const changes = await runCli(['changes', '--kind', 'key-revoked', '--json', ...atDatabase])
  expect(jsonLines(changes.stdout)).toMatchObject([
    { what: 'key left: viewer', author: 'Ann', reason: 'left us' },
  ])
})

test.for([
  ['of a role that there is not', ['--name', 'x', '--role', 'king'], /Allowed choices are viewer, ingester/],
  ['of no role', ['--name', 'x'], /required option '--role <role>'/],
  [
    'that manages keys and is of groups',
    ['--name', 'x', '--role', 'admin', '--group', 'a=b'],
    /--group: a key that manages/,
  ],
  [
    'whose end is no time',
    ['--name', 'x', '--role', 'viewer', '--expires', 'soon'],
    /--expires: "soon" is neither/,
  ],
  [
    'whose end is over',
    ['--name', 'x', '--role', 'viewer', '--expires', '2020-01-01'],
    /is over: write a time to come/,
  ],
  [
    'with a name that is none',
    ['--name', 'a b', '--role', 'viewer'],
    /--name: a name has at most 50 letters/,
  ],
] as const)('no key is made %s', async ([, args, message]) => {
  const { exitCode, stdout, stderr } = await runCli(['keys', 'create', ...args, ...atDatabase])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

test('a key without a server to send it to is refused', async () => {
  const { exitCode, stderr } = await runCli(['stores', '--key', 'smk_x', ...atDatabase])
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: 'store-monitor: --key is for a server: name it with --url, or leave --key out\n',
  })
})
