import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { runningServer } from '../support/running-server.ts'
import { startCli } from '../support/run-cli.ts'

const line = (second: string, status = 'active') => `a,${status},2026-10-05 12:00:${second} UTC\n`

test.skipIf(process.platform === 'win32')(
  'push - takes lines while they come, and at Ctrl-C sends what has come, and tells what was taken',
  { timeout: 60_000 },
  async () => {
    await using server = await runningServer()
    const { health } = createStoreMonitorClient({ url: server.url })
    async function untilThere(polls: number) {
      while ((await health.query()).database.polls! < polls) await new Promise(setImmediate)
    }
    await using cli = startCli(['push', '-', '--url', server.url], { isOpen: true })
    cli.type(`store_id,status,timestamp_utc\n${line('00')}`)
    await untilThere(1)
    cli.type(line('01') + line('02', 'shut') + line('03').slice(0, 5))
    await untilThere(2)
    await cli.said(/1 poll was rejected:\n {2}row 4: status "shut" is neither active nor inactive\n/)
    cli.kill('SIGINT')
    const { exitCode, stdout, stderr } = await cli.finished
    expect(exitCode).toBe(130)
    expect(stdout).toMatch(/^ACCEPTED .*\n +2 +2 +0 +1 +2026-10-05T12:00Z +2026-10-05T12:00Z\n$/)
    expect(stderr).toMatch(/\nstore-monitor: interrupted\n$/)
    // A line that has not come to its end is none.
    expect((await health.query()).database.polls).toBe(2)
  },
)

test('push - tells what was taken where the server goes away for good', { timeout: 60_000 }, async () => {
  await using parts = new AsyncDisposableStack()
  const server = await runningServer()
  parts.defer(() => server[Symbol.asyncDispose]())
  const { health } = createStoreMonitorClient({ url: server.url })
  const cli = parts.use(
    startCli(['push', '-', '--retries', '1', '--json', '--url', server.url], { isOpen: true }),
  )
  cli.type(`store_id,status,timestamp_utc\n${line('00')}`)
  while ((await health.query()).database.polls! < 1) await new Promise(setImmediate)
  await server[Symbol.asyncDispose]()
  cli.type(line('01'))
  const { exitCode, stdout, stderr } = await cli.finished
  expect(exitCode).toBe(5)
  expect(JSON.parse(stdout)).toMatchObject({ accepted: 1, changed: 1 })
  expect(stderr).toMatch(
    /^cannot reach store-monitor at .*; they are sent again\nstore-monitor: cannot reach store-monitor at .*\n$/,
  )
})
