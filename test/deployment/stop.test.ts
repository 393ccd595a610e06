import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { connect } from '../../server/database/connect.ts'
import { startServer } from '../../server/serve.ts'
import { silenceImports } from '../support/begun-import.ts'
import { filledFolder } from '../support/filled-folder.ts'
import { finishedReport } from '../support/running-server.ts'
import { testDatabase } from '../support/test-database.ts'
import {
  completedCsv,
  manyPolls,
  serving,
  triggerReport,
  untilUnderWay,
  type ServingProcess,
} from './serving.ts'

/** So many that a report takes a while. */
const STORES = 40_000
/** So many that an import takes a while. */
const POLLS = 300_000
const folder = filledFolder(STORES)

async function stopped(server: ServingProcess): Promise<number | null> {
  server.kill('SIGTERM')
  return (await server.finished).exitCode
}

/** Puts a mark where the result of a part is that is done, so that it is seen whether it is computed again. */
async function markPart(database: string, reportId: string): Promise<void> {
  await using db = await connect(database)
  const done = await db
    .selectFrom('report_part')
    .innerJoin('report', 'report.report_key', 'report_part.report_key')
    .select(['report_part.report_key', 'part'])
    .where('report_id', '=', reportId as never)
    .where('csv_bytes', 'is not', null)
    .executeTakeFirstOrThrow()
  const { numUpdatedRows } = await db
    .updateTable('report_part')
    .set({ csv: Buffer.from('kept\n'), csv_bytes: 5, csv_crc32: null })
    .where('report_key', '=', done.report_key)
    .where('part', '=', done.part)
    .executeTakeFirst()
  expect(numUpdatedRows).toBe(1n)
}

/** As if imports had shown no sign of life for long. */
async function silence(databaseUrl: string): Promise<void> {
  await using db = await connect(databaseUrl)
  await silenceImports(db)
}

async function requested(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage]
  return response
}

async function imports(url: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${url}/imports`)
  return ((await response.json()) as { items: Record<string, unknown>[] }).items
}

describe('told to stop with SIGTERM, a server', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '(or killed: %s) goes on with a report after the next start, from the parts that are done',
    async (signal) => {
      const database = await folder.filledCopy()
      let reportId: string
      {
        await using server = await serving(database)
        reportId = await triggerReport(server.url)
        await untilUnderWay(server.url, reportId)
        server.kill(signal)
        expect((await server.finished).exitCode).toBe(signal === 'SIGTERM' ? 0 : null)
      }
      await markPart(database, reportId)
      await using server = await serving(database)
      const lines = (await completedCsv(server.url, reportId)).trimEnd().split('\n')
      const mark = lines.indexOf('kept')
      expect(mark).toBeGreaterThan(0)
      const other = await finishedReport(server.url)
      const whole = await (await fetch(`${server.url}/reports/${String(other['report_id'])}.csv`)).text()
      const expected = whole.trimEnd().split('\n')
      expected.splice(mark, expected.length - lines.length + 1, 'kept')
      expect(lines).toEqual(expected)
    },
  )

  test('lets a download end, however slowly its reader takes it', async () => {
    await using server = await serving(await folder.filledCopy())
    const reportId = await triggerReport(server.url)
    await completedCsv(server.url, reportId)
    const download = await requested(`${server.url}/reports/${reportId}.ndjson`)
    server.kill('SIGTERM')
    await server.said(/is stopping/)
    const chunks: Buffer[] = []
    for await (const chunk of download) chunks.push(chunk as Buffer)
    const lines = Buffer.concat(chunks).toString().trimEnd().split('\n')
    expect(lines).toHaveLength(STORES)
    expect((await server.finished).exitCode).toBe(0)
  })

  test('ends a stream of events in good order, with its report unfinished', async () => {
    await using server = await serving(await folder.filledCopy())
    const reportId = await triggerReport(server.url)
    const events = await requested(`${server.url}/reports/${reportId}/events`)
    events.setEncoding('utf8')
    let text = ''
    for await (const chunk of events) {
      if (text === '') server.kill('SIGTERM')
      text += chunk as string
    }
    expect(events.complete).toBe(true)
    expect(text).not.toContain('event: complete')
    expect((await server.finished).exitCode).toBe(0)
  })

  test('is no end for a client that follows a report, where another server takes its place', async () => {
    const database = await folder.filledCopy()
    await using first = await serving(database)
    await using second = new AsyncDisposableStack()
    const states: string[] = []
    for await (const { state, progress } of createStoreMonitorClient({ url: first.url }).runReport({})) {
      states.push(state)
      if (states.includes('moved') || state !== 'running' || progress.storesDone === 0) continue
      expect(await stopped(first)).toBe(0)
      second.use(await serving(database, new URL(first.url).port))
      states.push('moved')
    }
    expect(states).toContain('moved')
    expect(states.at(-1)).toBe('complete')
  })

  test('lets an upload be imported to its end', async () => {
    await using database = await testDatabase()
    await using server = await serving(database.url)
    const upload = await fetch(`${server.url}/imports?source=polls.csv`, {
      method: 'POST',
      body: manyPolls(300_000),
      headers: { accept: 'application/x-ndjson' },
    })
    let text = ''
    for await (const chunk of upload.body!.pipeThrough(new TextDecoderStream())) {
      if (text === '') server.kill('SIGTERM')
      text += chunk
    }
    expect(JSON.parse(text.trimEnd().split('\n').at(-1)!)).toMatchObject({
      import: { state: 'complete', rowsAccepted: 300_000 },
    })
    expect((await server.finished).exitCode).toBe(0)
  })

  test('ends at once where it is told so a second time', async () => {
    await using database = await testDatabase()
    await using server = await serving(database.url)
    const socket = connectSocket(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST /imports HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nstore_id')
    await fetch(`${server.url}/livez`) // by now the server has read what was sent before
    server.kill('SIGTERM')
    await server.said(/is stopping/)
    server.kill('SIGTERM')
    expect((await server.finished).exitCode).toBeNull()
  })
})

test('what has not ended in time is cut, and an import that was accepted goes on with the next server', async () => {
  await using database = await testDatabase()
  const csv = manyPolls(POLLS)
  const setting = { version: '0', now: Date.now, onError: () => {} }
  const config = {
    host: '127.0.0.1',
    port: 0,
    databaseUrl: database.url,
    workers: 1,
    getReportAs: 'json' as const,
    watch: [],
    watchMove: false,
    insecure: false,
  }
  let upload: Promise<unknown>
  let port: number
  {
    await using server = await startServer(config, { ...setting, stopWithinMs: 50 })
    port = Number(new URL(server.url).port)
    const stalled = connectSocket(port, '127.0.0.1')
    stalled.on('error', () => {})
    stalled.write('POST /imports HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nstore_id')
    const client = createStoreMonitorClient({ url: server.url })
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    upload = client.importFile(new Blob([csv]), { source: 'polls.csv', onProgress: () => resolve() })
    upload.catch(() => undefined)
    await begun
  }
  await using server = await startServer({ ...config, port }, setting)
  expect(await upload).toMatchObject({ importId: 1, state: 'complete', rowsChanged: POLLS })
  expect(await imports(server.url)).toMatchObject([{ importId: 1, state: 'complete', rowsRepeated: 0 }])
})

test('an import that was killed is recorded as failed by the next start, and completes when done again', async () => {
  await using database = await testDatabase()
  const csv = manyPolls(POLLS)
  {
    await using server = await serving(database.url)
    const upload = await fetch(`${server.url}/imports?source=polls.csv`, {
      method: 'POST',
      body: csv,
      headers: { accept: 'application/x-ndjson' },
    })
    await upload.body!.getReader().read()
    server.kill('SIGKILL')
    await server.finished
  }
  await silence(database.url)
  await using server = await serving(database.url)
  expect(await imports(server.url)).toMatchObject([
    { state: 'failed', rowsAccepted: 0, failure: 'interrupted; import the file again to complete it' },
  ])
  const again = await fetch(`${server.url}/imports?source=polls.csv`, { method: 'POST', body: csv })
  expect(await again.json()).toMatchObject({ state: 'complete', rowsChanged: POLLS })
})

test('two servers on one database make a report together, and both serve it', async () => {
  const database = await folder.filledCopy()
  await using first = await serving(database)
  await using second = await serving(database)
  const [one, two] = await Promise.all([finishedReport(first.url), finishedReport(second.url)])
  const texts = await Promise.all(
    [first, second].flatMap(({ url }) =>
      [one, two].map(async (report) =>
        (await fetch(`${url}/reports/${String(report['report_id'])}.csv`)).text(),
      ),
    ),
  )
  expect(texts[0]!.trimEnd().split('\n')).toHaveLength(STORES + 1)
  expect(new Set(texts).size).toBe(1)
})
