/**
 * Five published systems speak dialects of this API. What their documentation tells a user to type, word for word, as curl
 * sends it; URL stands for the address of the server, ID for that of a report.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli, startCli } from '../support/run-cli.ts'
import { workedCases } from '../support/cases.ts'
import { curl, type CurlAnswer } from '../support/curl.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'
import { storedReport } from '../support/stored-report.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const unknownId = '00000000-0000-4000-8000-000000000000'
const notFound = { status: 404, error: 'Report not found' }

const { folder: source, expectedCsv } = workedCases.find(({ name }) => name === '19-forty-stores')!
/** The report of the case, without the columns of unknown time. */
const csv = expectedCsv.replaceAll(/(?:,[^,\n]*){9}$/gm, '')

let folder: TemporaryFolder
let database: TestDatabase
let server: TestServer
/** Reports that are as their names say. */
let running: string
let failed: string
let complete: string

beforeAll(async () => {
  folder = await temporaryFolder()
  database = await testDatabase()
  await mkdir(folder.file('datastore'))
  for (const [from, to] of [
    ['business_hours.csv', 'store_business_hours.csv'],
    ['store_status.csv', 'store_status.csv'],
    ['timezones.csv', 'store_timezone.csv'],
  ] as const) {
    await copyFile(join(source, from), folder.file(join('datastore', to)))
  }
  const imported = await runCli(['import', 'datastore'], {
    cwd: folder.path,
    environment: { DATABASE_URL: database.url },
  })
  if (imported.exitCode !== 0) throw new Error(imported.stderr)
  server = await runningServer({ databaseUrl: database.url })
  running = await storedReport(server.databaseUrl)
  failed = await storedReport(server.databaseUrl, { state: 'failed', failure: 'the disk is full' })
  complete = await completed(await typed('curl -X POST URL/trigger_report'))
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** The answer to a command as it stands in the documentation. */
function typed(command: string, url = server.url): Promise<CurlAnswer> {
  return curl(command.replace('URL', url))
}

/** The id of the report that a command has requested, once it is complete. */
async function completed({ json }: CurlAnswer, url = server.url): Promise<string> {
  const id = json['report_id'] as string
  for (;;) {
    const { json: report } = await curl(`curl ${url}/get_report/${id}`)
    if (report['status'] === 'Complete') return id
    expect(report['status']).toBe('Running')
  }
}

function expectJson({ status, headers }: CurlAnswer): void {
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('application/json')
}

/** The CSV as curl -OJ saves it. */
function expectDownload({ status, headers, text }: CurlAnswer): void {
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(headers['content-disposition']).toMatch(/^attachment; filename="uptime-\d{4}-\d\d-\d\d\.csv"$/)
  expect(headers['content-length']).toBe(String(csv.length))
  expect(text).toBe(csv)
}

describe('A: a report is requested with {}, looked at by query or path, and fetched from its URL', () => {
  test("curl -X POST URL/trigger_report -H 'Content-Type: application/json' -d '{}'", async () => {
    for (const header of ['', "-H 'Content-Type: application/json'"]) {
      const answer = await typed(`curl -X POST URL/trigger_report ${header} -d '{}'`)
      expectJson(answer)
      expect(answer.json['report_id']).toMatch(uuid)
      const id = await completed(answer)
      expect(answer.headers['location']).toBe(`${server.url}/get_report/${id}`)
    }
  })

  test.for(['curl URL/get_report?report_id=ID', 'curl URL/get_report/ID'])('%s', async (command) => {
    const before = await typed(command.replace('ID', running))
    expectJson(before)
    expect(before.json).toMatchObject({ report_id: running, status: 'Running' })
    expect(before.json).not.toHaveProperty('report_url')

    const after = await typed(command.replace('ID', complete))
    expectJson(after)
    expect(after.json).toMatchObject({ report_id: complete, status: 'Complete' })
    expect(after.json['report_url']).toBe(`${server.url}/reports/${complete}.csv`)
    expectDownload(await curl(`curl -O ${after.json['report_url'] as string}`))
  })

  test('curl -O URL/reports/ID.csv', async () => {
    expectDownload(await typed(`curl -O URL/reports/${complete}.csv`))
  })
})

test('B: with a database that .env names, a report is requested without input, and its state or its file fetched', async () => {
  await writeFile(folder.file('.env'), 'DB_URL=sqlite:named.db\nPORT=0\n')
  expect(await runCli(['import', 'datastore'], { cwd: folder.path })).toMatchObject({ exitCode: 0 })
  await using served = startCli(['serve'], { cwd: folder.path })
  const [, url = ''] = await served.said(/listening on (http:\S+) with sqlite:named\.db/)

  for (const command of ['curl -X POST URL/trigger_report', 'curl URL/trigger_report']) {
    const requested = await typed(command, url)
    expectJson(requested)
    const id = await completed(requested, url)
    const state = await typed(`curl URL/get_report?report_id=${id}`, url)
    expect(state.json).toMatchObject({ status: 'Complete', report_url: `${url}/reports/${id}.csv` })
    expectDownload(await typed(`curl -H 'Accept: text/csv' URL/get_report?report_id=${id}`, url))
    expectDownload(await typed(`curl 'URL/get_report?report_id=${id}&format=csv'`, url))
  }
  const waiting = await typed(`curl -H 'Accept: text/csv' URL/get_report?report_id=${running}`)
  expect(waiting.json).toMatchObject({ status: 'Running' })
  const docs = await typed('curl URL/docs', url)
  expect(docs.status).toBe(200)
  expect(docs.headers['content-type']).toMatch(/^text\/html/)
})

describe.for(['', '/api'])('C: with a trailing slash, under "%s"', (prefix) => {
  test('curl -X POST URL/trigger_report/', async () => {
    const answer = await typed(`curl -X POST URL${prefix}/trigger_report/`)
    expectJson(answer)
    await completed(answer)
  })

  test('curl URL/get_report/ID/', async () => {
    const before = await typed(`curl URL${prefix}/get_report/${running}/`)
    expectJson(before)
    expect(before.json).toMatchObject({ status: 'Running' })
    expectDownload(await typed(`curl -OJ URL${prefix}/get_report/${complete}/`))
  })

  test('an unknown report is not found, nor one that has failed', async () => {
    for (const id of [unknownId, 'abc', '1', failed]) {
      const { status, json } = await typed(`curl URL${prefix}/get_report/${id}/`)
      expect(status).toBe(404)
      expect(json).toMatchObject({ error: 'Report not found' })
    }
  })
})

describe('D: a complete report is downloaded', () => {
  test('curl -X POST URL/trigger_report, and curl URL/get_report/ID', async () => {
    const id = await completed(await typed('curl -X POST URL/trigger_report'))
    const { json } = await typed(`curl URL/get_report/${id}`)
    expect(json).toMatchObject({ status: 'Complete', report_url: `${server.url}/reports/${id}.csv` })
  })

  test('curl -o report.csv URL/download_report/ID', async () => {
    expectDownload(await typed(`curl URL/download_report/${complete}`))
  })

  test('an unknown report is not found', async () => {
    for (const path of ['get_report', 'download_report']) {
      const { status, json } = await typed(`curl URL/${path}/${unknownId}`)
      expect(status).toBe(404)
      expect(json).toMatchObject(notFound)
    }
  })
})

describe.for(['', '/api/v1'])('E: a report is requested by GET and comes in JSON, under "%s"', (prefix) => {
  test('curl URL/trigger_report', async () => {
    const answer = await typed(`curl URL${prefix}/trigger_report`)
    expectJson(answer)
    expect(answer.json['message']).toEqual(expect.any(String))
    expect(answer.json['report_id']).toMatch(uuid)
    await completed(answer)
  })

  test(`curl -X POST URL/get_report -H 'Content-Type: application/json' -d '{"report_id": "ID"}'`, async () => {
    for (const header of ['', "-H 'Content-Type: application/json'"]) {
      const ask = (id: string) =>
        typed(`curl -X POST URL${prefix}/get_report ${header} -d '{"report_id": "${id}"}'`)
      const before = await ask(running)
      expectJson(before)
      expect(before.json).toEqual({ message: 'Running', report: null })
      const after = await ask(complete)
      expectJson(after)
      expect(after.json).toEqual({ message: 'Complete', report: csv })
      expect(await ask(unknownId)).toMatchObject({ status: 404, json: notFound })
    }
  })
})

test('E: the documentation is at /api/docs', async () => {
  for (const path of ['/api/docs', '/api/docs/', '/docs', '/docs/']) {
    const { status, headers } = await typed(`curl URL${path}`)
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^text\/html/)
  }
})

describe('under the base /csv a complete report is answered with the CSV, whoever asks', () => {
  const csvPaths = [
    'curl URL/csv/get_report?report_id=ID',
    'curl URL/csv/get_report/ID',
    'curl URL/csv/get_report/?report_id=ID',
    'curl URL/csv/get_report/ID/',
    `curl -X POST URL/csv/get_report -H 'Content-Type: application/json' -d '{"report_id": "ID"}'`,
    'curl URL/csv/api/v1/get_report?report_id=ID',
    "curl -H 'Accept: application/json, text/plain, */*' URL/csv/get_report?report_id=ID",
    'curl -H Accept: URL/csv/get_report/ID',
  ]

  test.for(csvPaths)('%s', async (command) => {
    const before = await typed(command.replace('ID', running))
    expectJson(before)
    expect(before.json).toMatchObject({ report_id: running, status: 'Running' })
    expectDownload(await typed(command.replace('ID', complete)))
    for (const id of [unknownId, 'abc', failed]) {
      expect(await typed(command.replace('ID', id))).toMatchObject({ status: 404, json: notFound })
    }
  })

  test('and a report is requested and downloaded there', async () => {
    for (const command of ['curl -X POST URL/csv/trigger_report', 'curl URL/csv/trigger_report']) {
      const answer = await typed(command)
      expectJson(answer)
      const id = await completed(answer)
      expectDownload(await typed(`curl URL/csv/download_report/${id}`))
    }
  })

  test('another form of it is had where it is named', async () => {
    const rows = await typed(`curl 'URL/csv/get_report?report_id=${complete}&format=json'`)
    expect(rows.headers['content-type']).toBe('application/json; charset=utf-8')
    const lines = await typed(`curl -H 'Accept: application/x-ndjson' URL/csv/get_report/${complete}`)
    expect(lines.headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
  })
})

describe('with GET_REPORT_AS=csv the bare paths answer with the CSV, too', () => {
  let csvServer: TestServer
  beforeAll(async () => {
    csvServer = await runningServer({ databaseUrl: server.databaseUrl, getReportAs: 'csv' })
  })
  afterAll(() => csvServer[Symbol.asyncDispose]())

  test.for([
    'curl URL/get_report?report_id=ID',
    'curl URL/get_report/ID',
    'curl URL/api/get_report/ID',
    'curl URL/api/v1/get_report?report_id=ID',
  ])('%s', async (command) => {
    const before = await typed(command.replace('ID', running), csvServer.url)
    expectJson(before)
    expect(before.json).toMatchObject({ report_id: running, status: 'Running' })
    expectDownload(await typed(command.replace('ID', complete), csvServer.url))
    expect(await typed(command.replace('ID', failed), csvServer.url)).toMatchObject({ status: 404 })
  })

  test('while /reports/ID tells the state, and POST /get_report has the CSV as text', async () => {
    const { json } = await typed(`curl URL/reports/${complete}`, csvServer.url)
    expect(json).toMatchObject({ report_id: complete, status: 'Complete' })
    const byBody = await typed(`curl URL/get_report -d '{"report_id": "${complete}"}'`, csvServer.url)
    expect(byBody.json).toEqual({ message: 'Complete', report: csv })
  })
})

describe('published clients write a slash at the end, or a base of their own:', () => {
  test.for([
    'curl -X POST URL/trigger_report/',
    'curl URL/trigger_report/',
    'curl -X POST URL/reports/trigger_report',
    'curl -X POST URL/reports/trigger_report/',
    'curl -X POST URL/api/v1/trigger_report/',
  ])('a report is requested: %s', async (command) => {
    const answer = await typed(command)
    expectJson(answer)
    expect(answer.json['report_id']).toMatch(uuid)
    await completed(answer)
  })

  test.for([
    'curl URL/get_report/?report_id=ID',
    'curl URL/reports/get_report?report_id=ID',
    'curl URL/reports/get_report/?report_id=ID',
    'curl URL/reports/get_report/ID',
    'curl URL/api/get_report/?report_id=ID',
    'curl URL/reports/ID/',
  ])('its state is told: %s', async (command) => {
    const answer = await typed(command.replace('ID', complete))
    expectJson(answer)
    expect(answer.json).toMatchObject({ report_id: complete, status: 'Complete' })
    expect(await typed(command.replace('ID', 'abc'))).toMatchObject({ status: 404, json: notFound })
  })

  test(`curl -X POST URL/get_report/ -H 'Content-Type: application/json' -d '{"report_id": "ID"}'`, async () => {
    const answer = await typed(
      `curl -X POST URL/get_report/ -H 'Content-Type: application/json' -d '{"report_id": "${complete}"}'`,
    )
    expect(answer.json).toEqual({ message: 'Complete', report: csv })
  })

  test.for([
    'curl -OJ URL/download_report?report_id=ID',
    'curl -OJ URL/download_report/?report_id=ID',
    'curl -OJ URL/download_report/ID/',
    'curl -OJ URL/api/download_report/ID',
    'curl -OJ URL/api/v1/download_report?report_id=ID',
    'curl -OJ URL/reports/download_report/ID',
  ])('its CSV is fetched: %s', async (command) => {
    expectDownload(await typed(command.replace('ID', complete)))
  })

  test.for(['/health/', '/imports/', '/reports/', '/openapi.json/', '/docs/'])('curl URL%s', async (path) => {
    expect((await typed(`curl URL${path}`)).status).toBe(200)
  })

  test('what is not there either way is named as it was asked for', async () => {
    expect((await typed('curl URL/nowhere/')).json['detail']).toBe('there is nothing at GET /nowhere/')
    const wrongMethod = await typed('curl -X DELETE URL/api/get_report/')
    expect(wrongMethod.status).toBe(405)
    expect(wrongMethod.json['detail']).toMatch(/^\/api\/get_report\/ does not take DELETE, but /)
    expect(wrongMethod.headers['allow']).toBe('GET, HEAD, POST')
  })
})

test('the address of the CSV in an answer is absolute: joined with any base, it is the same', async () => {
  const { json } = await typed(`curl URL/get_report/${complete}`)
  const reportUrl = json['report_url'] as string
  expect(new URL(reportUrl, `${server.url}/api/`).href).toBe(`${server.url}/reports/${complete}.csv`)
})

describe('GET /trigger_report starts work, so', () => {
  const anAgent = () => `-H 'User-Agent: ${crypto.randomUUID()}'`

  test('no cache may keep it', async () => {
    const { headers } = await typed('curl URL/trigger_report')
    expect(headers['cache-control']).toBe('no-store')
  })

  test('repeated by the same caller it is the same report, at every path, while another caller gets another', async () => {
    const agent = anAgent()
    const [first, ...others] = await Promise.all(
      ['/trigger_report', '/trigger_report', '/api/v1/trigger_report', '/api/trigger_report/'].map((path) =>
        typed(`curl ${agent} URL${path}`),
      ),
    )
    for (const other of others) expect(other.json['report_id']).toBe(first!.json['report_id'])
    await completed(first!)
    const later = await typed(`curl ${agent} URL/trigger_report`)
    expect(later.json).toMatchObject({ report_id: first!.json['report_id'], status: 'Complete' })
    const another = await typed(`curl ${anAgent()} URL/trigger_report`)
    expect(another.json['report_id']).not.toBe(first!.json['report_id'])
  })

  test('with other options it is another report', async () => {
    const agent = anAgent()
    const first = await typed(`curl ${agent} URL/trigger_report?reach=2h`)
    const other = await typed(`curl ${agent} URL/trigger_report?reach=3h`)
    expect(other.json['report_id']).not.toBe(first.json['report_id'])
    const sameInOtherWords = await typed(`curl ${agent} URL/trigger_report?reach=120m`)
    expect(sameInOtherWords.json['report_id']).toBe(first.json['report_id'])
  })

  test('HEAD starts nothing', async () => {
    const newest = async () => (await typed('curl URL/reports')).text.match(/"report_id":"([^"]+)"/)?.[1]
    const before = await newest()
    const { status, headers } = await typed(`curl -I ${anAgent()} URL/trigger_report`)
    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('no-store')
    expect(await newest()).toBe(before)
  })
})

describe('POST /trigger_report with an Idempotency-Key', () => {
  test('is the same report for the same key, also for two at once', async () => {
    const command = "curl -X POST -H 'Idempotency-Key: nightly' URL/trigger_report"
    const [first, second] = await Promise.all([typed(command), typed(command)])
    expectJson(first)
    expect(second.json['report_id']).toBe(first.json['report_id'])
    await completed(first)
    expect((await typed(command)).json['report_id']).toBe(first.json['report_id'])
  })

  test('is another report for another key, and for none', async () => {
    const answers = await Promise.all([
      typed("curl -X POST -H 'Idempotency-Key: k1' URL/trigger_report"),
      typed("curl -X POST -H 'Idempotency-Key: k2' URL/trigger_report"),
      typed('curl -X POST URL/trigger_report'),
      typed('curl -X POST URL/trigger_report'),
    ])
    expect(new Set(answers.map(({ json }) => json['report_id'])).size).toBe(4)
  })

  test('cannot be asked for other options with the same key', async () => {
    const command = "curl -H 'Idempotency-Key: k3' URL/trigger_report -d"
    expectJson(await typed(`${command} '{"reach":"2h"}'`))
    const { status, json } = await typed(`${command} '{"reach":"3h"}'`)
    expect(status).toBe(409)
    expect(json['detail']).toMatch(/this key belongs to report .* use another key/)
  })

  test.for([
    ['an empty key', ''],
    ['a key that is too long', 'k'.repeat(256)],
  ])('is refused for %s', async ([, key]) => {
    const { status, json } = await typed(`curl -X POST -H 'Idempotency-Key: ${key}' URL/trigger_report`)
    expect(status).toBe(400)
    expect(json['detail']).toBe('idempotency-key: a key has 1 to 255 characters')
  })
})

test('nothing of this was an error of the server itself', () => {
  expect(server.errors).toEqual([])
})
