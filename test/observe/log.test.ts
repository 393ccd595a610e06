import { closeSync, openSync, readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { ReportId } from '../../shared/ids.ts'
import type { AnsweredRequest, Happened } from '../../server/observe/happened.ts'
import { createLog, type LogSetting } from '../../server/observe/log.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function request(of: Partial<AnsweredRequest> = {}): Happened {
  const usual = {
    requestId: 'r-1',
    method: 'GET',
    route: 'listStores',
    path: '/stores',
    status: 200,
    startedMs: 0,
    durationMs: 1.26,
    bytes: 500,
    key: undefined,
    traced: undefined,
    isEventStream: false,
    isCut: false,
  }
  return { type: 'request', request: { ...usual, ...of } }
}

function collecting(isTTY = false): { readonly stderr: Writable & { isTTY: boolean }; text(): string } {
  let text = ''
  const stderr = new Writable({
    write(chunk: Buffer, _, done) {
      text += String(chunk)
      done()
    },
  })
  return { stderr: Object.assign(stderr, { isTTY }), text: () => text }
}

async function logged(
  setting: Partial<LogSetting>,
  happened: readonly Happened[],
  isTTY = false,
): Promise<string> {
  const { stderr, text } = collecting(isTTY)
  using log = await createLog({ level: 'info', format: 'auto', stderr, ...setting })
  happened.forEach(log.observe)
  return text()
}

test('a request is a line of JSON, which has nothing that is not known', async () => {
  const line = JSON.parse(await logged({}, [request()])) as Record<string, unknown>
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    msg: 'request',
    requestId: 'r-1',
    method: 'GET',
    route: 'listStores',
    path: '/stores',
    status: 200,
    durationMs: 1.3,
    bytes: 500,
  })
})

test('a person at a terminal reads it, whatever was asked for', async () => {
  const text = await logged({}, [request({ path: '/stores/\u{1b}[2J', status: 404 })], true)
  expect(text).toMatch(/^\d\d:\d\d:\d\d GET \/stores\/\ufffd\[2J 404 1\.3 ms, 500 bytes, listStores\n$/)
})

test('text goes to a file as JSON does, not by the stream of the process', async () => {
  await using folder = await temporaryFolder()
  const file = openSync(folder.file('log.txt'), 'w')
  const { stderr, text } = collecting()
  {
    using log = await createLog({
      level: 'info',
      format: 'text',
      stderr: Object.assign(stderr, { fd: file }),
    })
    log.observe(request())
  }
  // What a thread has begun to write, disposing does not await.
  await expect
    .poll(() => readFileSync(folder.file('log.txt'), 'utf8'))
    .toMatch(/^\d\d:\d\d:\d\d GET \/stores 200 .*listStores\n$/)
  closeSync(file)
  expect(text()).toBe('')
})

test('what machines ask all the time is told at debug, unless it goes wrong', async () => {
  const health = [request({ route: 'isAlive' }), request({ route: 'isAlive', status: 503 })]
  expect((await logged({}, health)).match(/"level":"\w+"/g)).toEqual(['"level":"error"'])
  expect((await logged({ level: 'debug' }, health)).match(/"level":"\w+"/g)).toHaveLength(2)
})

test('a level keeps what is below it from the log', async () => {
  const report = {
    reportId: 'r' as ReportId,
    state: 'failed',
    stores: 3,
    durationMs: 12,
    failure: 'the disk is full',
  } as const
  expect(await logged({ level: 'error' }, [request(), { type: 'report', report }])).toMatch(
    /^\{"level":"error".*"durationMs":12,"failure":"the disk is full","msg":"report"\}\n$/,
  )
  expect(await logged({ level: 'silent' }, [{ type: 'report', report }])).toBe('')
})

test('a path is cut', async () => {
  const line = JSON.parse(await logged({}, [request({ path: `/${'x'.repeat(10_000)}` })])) as { path: string }
  expect(line.path).toHaveLength(201)
})

test('an error has its stack, and that of its cause, and the request that it happened to', async () => {
  const { stderr, text } = collecting()
  using log = await createLog({ level: 'info', format: 'json', stderr })
  log.error(new Error('it broke', { cause: new TypeError('no number') }), { requestId: 'r-1' })
  const line = JSON.parse(text()) as Record<string, string>
  expect(line).toMatchObject({ level: 'error', msg: 'it broke', code: 'internal', requestId: 'r-1' })
  expect(line['stack']).toMatch(/^Error: it broke\n[^]*\ncaused by TypeError: no number\n/)
})
