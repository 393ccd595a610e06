import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { receiver, secret } from '../support/alert-scene.ts'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'

test('channels are listed without secrets, tested, and what was told is listed', async () => {
  await using parts = new AsyncDisposableStack()
  const someone = parts.use(await receiver())
  const folder = parts.use(await temporaryFolder())
  const database = parts.use(await testDatabase())
  const config = folder.file('store-monitor.yaml')
  await writeFile(
    config,
    `alerts:
  channels:
    - { name: ops, type: webhook, url: '${someone.url}/hook?key=hidden', secret: '\${SECRET}', allowPrivate: [127.0.0.0/8] }
    - { name: log, type: stdout }
`,
  )
  const on = ['--config', config, '--database', database.url]
  const run = (...args: readonly string[]) =>
    runCli([...args, ...on], { environment: { SECRET: secret, STORE_MONITOR_WORKERS: '1' } })

  const tested = await run('alerts', 'test', 'ops')
  expect(tested).toMatchObject({ exitCode: 0, stderr: '' })
  expect(tested.stdout).toMatch(/ANSWER\nmsg_\w{32}\s+ops .* test\s+delivered\s+1\s+200 ok\n$/)
  const written = jsonLines((await run('alerts', 'test', 'log', '--json')).stdout)
  expect(written).toMatchObject([{ type: 'test', data: { condition: 'test' } }, { state: 'delivered' }])

  someone.answer = (_, response) => response.writeHead(410).end()
  const failed = await run('alerts', 'test', 'ops')
  expect(failed).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining('the test did not arrive: 410') as string,
  })
  const channels = await run('alerts')
  expect(channels.stdout).toMatch(/ops\s+webhook\s+disabled\s+0\s+1\s.*http:\/\/127\.0\.0\.1:\d+\/…\n/)
  expect(channels.stderr).toBe('ops: 410\n')
  const [dead] = jsonLines((await run('alerts', 'dead-letters', '--json')).stdout)
  expect(dead).toMatchObject({ channel: 'ops', state: 'dead' })
  const replayed = await run('alerts', 'replay', dead!['messageId'] as string)
  expect(replayed.stdout).toMatch(/ops .* waiting/)
  const outbox = await run('alerts', 'outbox', '--channel', 'ops', '--json')
  expect(jsonLines(outbox.stdout).map(({ state }) => state)).toEqual(['waiting', 'delivered'])
  const doctor = await runCli(['doctor', ...on])
  expect(doctor.stdout).toMatch(/failed\s+channel ops\s+the variable SECRET is not set/)
  const told = [tested, failed, channels, outbox, doctor].map(({ stdout, stderr }) => stdout + stderr).join()
  expect(told).not.toMatch(new RegExp(`hidden|${secret.slice(6, 20)}`))
})

test('a silence is made, listed, and ended', async () => {
  await using database = await testDatabase()
  const run = (...args: readonly string[]) => runCli(['alerts', ...args, '--database', database.url])
  const made = await run(
    'silence',
    '--group',
    'city=Bonn',
    '--severity',
    'error',
    '--for',
    '2h',
    '--reason',
    'no power',
    '--by',
    'Ann',
  )
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  expect(made.stdout).toMatch(/1\s+in force .* error city=Bonn\s+Ann\s+no power\n$/)
  expect(await run('silence', '--reason', 'x')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('until when? write --for 2h') as string,
  })
  expect(await run('silence', '--for', '99999999999d', '--reason', 'x')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--for: "99999999999d" is too long') as string,
  })
  expect(await run('silence', '--from', 'soon', '--for', '2h', '--reason', 'x')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--from: "soon" is not an instant: write ') as string,
  })
  expect((await run('silence', '--to', '2020-01-01', '--reason', 'x')).stderr).toMatch(
    /is not after .*write a later time/,
  )
  expect((await run('unsilence', '1', '--by', 'Bob')).stdout).toMatch(/1\s+over/)
  expect(await run('unsilence', '1')).toMatchObject({ exitCode: 4 })
  expect(jsonLines((await run('silences', '--json')).stdout)).toMatchObject([
    { silenceId: 1, state: 'over', endedBy: 'Bob', labels: ['city=Bonn'] },
  ])
})

test.each([
  ['type: webhoook', 'write webhook, '],
  ['type: webhook, url: "ftp://x", secret: x', 'write a URL such as'],
  ['type: webhook, url: "http://x", secret: x, allowPrivate: [x]', '"x" is neither an address nor a network'],
  ['type: webhook, url: "http://x", secrets: x', 'is "secret" meant?'],
  ['type: stdout, url: x', 'there is no key "url" in alerts.channels[0]: known ones are name, type\n'],
])('a channel with %s is refused, with the line and what to write', async (given, said) => {
  await using folder = await temporaryFolder()
  const config = folder.file('store-monitor.yaml')
  await writeFile(config, `alerts:\n  channels:\n    - { name: a, ${given} }\n`)
  const { exitCode, stderr } = await runCli(['alerts', '--config', config, '--database', folder.file('x.db')])
  expect(stderr).toContain(said)
  expect(stderr).toMatch(/store-monitor\.yaml, line 3: /)
  expect(exitCode).toBe(2)
})
