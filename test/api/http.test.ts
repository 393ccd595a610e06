import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { finishReport, getReport } from '../../server/database/reports.ts'
import type { ReportId } from '../../shared/ids.ts'
import { curl } from '../support/curl.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'
import { storedReport } from '../support/stored-report.ts'
import { filledDatabase, type TestDatabase } from '../support/test-database.ts'

const unknownId = '00000000-0000-4000-8000-000000000000'

let database: TestDatabase
let server: TestServer
/** Of a complete report of 300 stores. */
let id: string

beforeAll(async () => {
  database = await filledDatabase(300)
  server = await runningServer({ databaseUrl: database.url })
  id = (await finishedReport(server.url))['report_id'] as string
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

describe('to a caller that accepts gzip', () => {
  test.for(['.csv', '.csv?columns=all', '.json', '.ndjson'])('a report is compressed as %s', async (form) => {
    const url = `${server.url}/reports/${id}${form}`
    const plain = await curl(`curl ${url}`)
    expect(plain.headers).toMatchObject({
      vary: 'Accept-Encoding',
      etag: expect.stringMatching(/^"/) as string,
    })
    expect(plain.headers).not.toHaveProperty('content-encoding')

    const packed = await curl(`curl -H 'Accept-Encoding: deflate, gzip, br, zstd' ${url}`)
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(packed.headers).not.toHaveProperty('content-length')
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2)
    expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true)

    const tag = packed.headers.etag!
    expect(tag).toBe(`W/${plain.headers.etag}`)
    const again = await curl(`curl -H 'Accept-Encoding: gzip' -H 'If-None-Match: ${tag}' ${url}`)
    expect(again).toMatchObject({ status: 304, text: '', headers: { etag: tag, vary: 'Accept-Encoding' } })
  })

  test('an error is sent as it is: it is short', async () => {
    for (const path of ['/nowhere', `/reports/${unknownId}.csv`, '/trpc/nosuch']) {
      const refused = await curl(`curl -H 'Accept-Encoding: gzip' '${server.url}${path}'`)
      expect(refused).toMatchObject({ status: 404 })
      expect(refused.headers).not.toHaveProperty('content-encoding')
      expect(refused.headers['content-length']).toBe(String(refused.bytes.length))
    }
  })

  test('a part is sent as it is', async () => {
    const part = await curl(
      `curl -H 'Accept-Encoding: gzip' -H 'Range: bytes=0-7' ${server.url}/reports/${id}.csv`,
    )
    expect(part).toMatchObject({ status: 206, text: 'store_id', headers: { 'content-length': '8' } })
    expect(part.headers).not.toHaveProperty('content-encoding')
  })

  test('HEAD has the length of the whole file', async () => {
    const whole = await curl(`curl ${server.url}/reports/${id}.csv`)
    const head = await curl(`curl -I -H 'Accept-Encoding: gzip' ${server.url}/reports/${id}.csv`)
    expect(head).toMatchObject({ status: 200, text: '', headers: { etag: whole.headers.etag } })
    expect(head.headers['content-length']).toBe(String(whole.bytes.length))
  })

  test('the progress of an import is not held back in a compressor, nor are the events of a report', async () => {
    const csv = 'store_id,timezone_str\nstore-000001,Asia/Tokyo\n'
    const headers = "-H 'Accept-Encoding: gzip' -H 'Accept: application/x-ndjson'"
    const lines = await curl(`curl ${headers} ${server.url}/imports -d '${csv}'`)
    expect(lines.headers).not.toHaveProperty('content-encoding')
    expect(lines.text.trimEnd().split('\n').at(-1)).toMatch(/^\{"import":\{"importId":1,/)

    const events = await curl(`curl -N -H 'Accept-Encoding: gzip' ${server.url}/reports/${id}/events`)
    expect(events.headers).not.toHaveProperty('content-encoding')
    expect(events.text).toMatch(/^event: complete\n/)
  })
})

test('a file that was chosen by Accept is not taken for the answer to another Accept', async () => {
  for (const accept of ['text/csv', 'application/x-ndjson', '*/*']) {
    const { headers } = await curl(`curl -H 'Accept: ${accept}' ${server.url}/get_report/${id}`)
    expect(headers['content-type']).toMatch(accept === '*/*' ? 'application/json' : accept)
    expect(headers.vary).toMatch(/^accept, Accept-Encoding$/)
  }
})

describe('the events of a report', () => {
  test('tell each change, until the report has ended', async () => {
    const running = await storedReport(server.databaseUrl)
    const response = await fetch(`${server.url}/reports/${running}/events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    const first = await reader.read()
    expect(first.value).toMatch(/^event: running\ndata: \{"report_id":"[^\n]*\nid: running-0\n\n$/)
    await end(running, 'failed')
    const second = await reader.read()
    expect(second.value).toMatch(
      /^event: failed\ndata: \{.*"failure":"the disk is full"[^\n]*\nid: failed\n\n$/,
    )
    expect((await reader.read()).done).toBe(true)
  })

  test('go on after the last one that was received', async () => {
    const url = `${server.url}/reports/${id}/events`
    const all = await curl(`curl -N -H 'Last-Event-ID: running-0' ${url}`)
    expect(all.text).toMatch(/^event: complete\ndata: .*\nid: complete\n\n$/)
    const none = await curl(`curl -N -H 'Last-Event-ID: complete' ${url}`)
    expect(none).toMatchObject({ status: 204, text: '' }) // on 200 a browser would ask again and again
  })

  test('end with a problem where the report is removed', async () => {
    const running = await storedReport(server.databaseUrl)
    const response = await fetch(`${server.url}/reports/${running}/events`)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    await reader.read()
    await using db = await connect(server.databaseUrl)
    await db.deleteFrom('report').where('report_id', '=', running).execute()
    expect((await reader.read()).value).toMatch(/^event: problem\ndata: \{.*"status":404,.*\}\n\n$/)
    expect((await reader.read()).done).toBe(true)
  })

  test('are not waited for by HEAD', async () => {
    const running = await storedReport(server.databaseUrl)
    const { status, headers } = await curl(`curl -I ${server.url}/reports/${running}/events`)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/event-stream')
  })

  async function end(reportId: ReportId, state: 'failed' | 'cancelled'): Promise<void> {
    await using db = await connect(server.databaseUrl)
    const { report_key: key } = await getReport(db, reportId)
    await finishReport(db, key, { state, failure: 'the disk is full', finishedAtMs: Date.now() })
  }
})

describe('DELETE /reports/{id}', () => {
  test('cancels a report that is running, and then removes it', async () => {
    const running = await storedReport(server.databaseUrl)
    const url = `${server.url}/reports/${running}`
    const cancelled = await curl(`curl -X DELETE ${url}`)
    expect(cancelled.status).toBe(200)
    expect(cancelled.json).toMatchObject({ report_id: running, status: 'Cancelled' })
    expect((await curl(`curl ${url}`)).json).toMatchObject({ status: 'Cancelled' })

    expect(await curl(`curl -X DELETE ${url}`)).toMatchObject({ status: 204, text: '' })
    expect((await curl(`curl ${url}`)).status).toBe(404)
    expect((await curl(`curl -X DELETE ${url}`)).status).toBe(404)
  })

  test('removes a complete report with its file', async () => {
    const { report_id: id } = await finishedReport(server.url)
    const url = `${server.url}/reports/${id as string}`
    expect((await curl(`curl -X DELETE ${url}`)).status).toBe(204)
    expect((await curl(`curl ${url}.csv`)).status).toBe(404)
  })
})

test('after a body that was too large, the same connection takes the next request', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const sent = [
    { method: 'POST', path: '/trigger_report', body: ' '.repeat(1 << 20), status: 413 },
    { method: 'GET', path: '/livez', body: '', status: 200 },
  ]
  for (const { path, body, method, status } of sent) {
    const [response] = await once(request(server.url + path, { method, agent }).end(body), 'response')
    expect((response as IncomingMessage).statusCode).toBe(status)
    await text(response as IncomingMessage)
  }
  agent.destroy()
})

test('GET /reports lists all, newest first, page by page', async () => {
  const ids: string[] = []
  for (let i = 0; i < 5; i++) ids.unshift(await storedReport(server.databaseUrl))
  const seen: string[] = []
  let cursor = ''
  do {
    const { json } = await curl(`curl '${server.url}/reports?limit=2${cursor}'`)
    const items = json['items'] as { report_id: string }[]
    expect(items.length).toBeLessThanOrEqual(2)
    seen.push(...items.map((item) => item.report_id))
    cursor = json['nextCursor'] === null ? '' : `&cursor=${json['nextCursor'] as string}`
  } while (cursor !== '')
  expect(seen.slice(0, 5)).toEqual(ids)
  expect(seen).toContain(id)
  expect(new Set(seen).size).toBe(seen.length)
})

describe('GET /', () => {
  test('tells a script in JSON where to go', async () => {
    const { headers, json } = await curl(`curl ${server.url}`)
    expect(headers).toMatchObject({ 'content-type': 'application/json', vary: 'accept, Accept-Encoding' })
    expect(json).toMatchObject({ name: 'store-monitor', version: '0.0.0-test' })
    for (const path of Object.values(json['links'] as Record<string, string>)) {
      expect((await curl(`curl ${server.url}${path}`)).status).toBe(200)
    }
  })

  test('tells a person with a browser in HTML', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
    const { headers, text } = await curl(`curl -H 'Accept: ${accept}' ${server.url}`)
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/)
    expect(text).toContain('<div id="page">')
  })
})

test('/health tells what the database has, /readyz that the server can work, and /livez that the process answers', async () => {
  const { headers, json } = await curl(`curl ${server.url}/health`)
  expect(headers['cache-control']).toBe('no-store')
  expect(json).toEqual({
    status: 'ok',
    version: '0.0.0-test',
    database: { stores: 300, polls: 30_000, latestPollAt: '2023-01-20T03:00:00Z' },
  })
  const ready = await curl(`curl ${server.url}/readyz`)
  expect(ready.headers['cache-control']).toBe('no-store')
  expect(ready.json).toMatchObject({ status: 'ok' })
  expect((await curl(`curl ${server.url}/livez`)).json).toEqual({ status: 'ok' })
})

test.for([
  ['PUT', '/reports', 'GET, HEAD, POST'],
  ['POST', '/health', 'GET, HEAD'],
  ['DELETE', '/trigger_report', 'POST, GET, HEAD'],
  ['POST', `/reports/${unknownId}`, 'GET, HEAD, DELETE'],
  ['POST', '/openapi.json', 'GET, HEAD'],
  ['OPTIONS', '/docs', 'GET, HEAD'],
] as const)(
  '%s %s is not a method for that path, and the answer says which are',
  async ([method, path, allow]) => {
    const { status, headers, json } = await curl(`curl -X ${method} ${server.url}${path}`)
    expect(status).toBe(405)
    expect(headers.allow!.split(', ').sort()).toEqual(allow.split(', ').sort())
    expect(json).toMatchObject({ status: 405, error: 'Method not allowed' })
  },
)

describe('nonsense is refused, saying what is wrong', () => {
  test.for([
    [404, '/get_report/%00'],
    [404, '/get_report/%'],
    [404, '/get_report/%ff%fe'],
    [404, `/get_report/${'a'.repeat(8000)}`],
    [404, '/get_report?report_id=%00'],
    [404, '/get_report?report_id=%ff'],
    [404, '/get_report?report_id=%'],
    [400, `/get_report?report_id=${unknownId}&report_id=${unknownId}`],
    [404, '/reports/..%2f..%2fetc%2fpasswd'],
    [404, '/reports/..%2f..%2fetc%2fpasswd.csv'],
    [404, '/reports/../../etc/passwd'],
    [404, '/docs/..%2f..%2fpackage.json'],
    [404, '//reports'],
    [404, '/__proto__'],
    [400, '/reports?limit=0'],
    [400, '/reports?limit=-1'],
    [400, '/reports?limit=1.5'],
    [400, '/reports?limit=1001'],
    [400, '/reports?limit=abc'],
    [400, '/reports?limit='],
    [400, '/reports?limit=1&limit=2'],
    [400, '/reports?cursor=rubbish'],
    [400, '/reports?cursor='],
    [400, '/reports?cursor=99999999999999999999'],
    [400, '/imports?cursor=%00'],
    [400, '/imports/0'],
    [400, '/imports/abc'],
    [400, '/imports/99999999999999999999'],
    [404, '/imports/2147483647'],
    [400, '/imports/9007199254740991'],
    [400, '/trigger_report?as_of=%00'],
    [400, '/trigger_report?as_of=2023-02-30T00:00:00Z'],
    [400, '/trigger_report?reach=99999999999999999999d'],
    [400, '/trigger_report?interpolation=__proto__'],
    [431, `/reports?x=${'a'.repeat(20_000)}`],
  ] as const)('%i for %s', async ([status, path]) => {
    const answer = await rawAnswer(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    expect(answer.status).toBe(status)
    if (status === 431) return
    expect(answer.head).toMatch(/^content-type: application\/problem\+json\r$/m)
    expect(JSON.parse(answer.body)).toMatchObject({
      status,
      detail: expect.stringMatching(/.{10}/) as string,
    })
  })

  test.for([
    [
      'a header that is far too long',
      `GET /reports HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['no host', 'GET /reports HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a host that is none', 'GET /reports HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['an unknown method', 'GRAB /reports HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    ['no path', 'GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    ['no HTTP', 'hello\r\n\r\n', 400],
  ] as const)('%s', async ([, request, status]) => {
    expect((await rawAnswer(request)).status).toBe(status)
  })

  test.for(['null', '[]', '"x"', '{"reach":', '{"__proto__":1}', '{"as_of":1e999}', '\u0000'])(
    'the body %j',
    async (body) => {
      for (const path of ['/trigger_report', '/get_report']) {
        const { status, json } = await curl(`curl ${server.url}${path} -d '${body}'`)
        expect(status).toBe(400)
        expect(json).toMatchObject({ status: 400, error: 'Invalid request' })
      }
    },
  )

  test('and none of it is an error of the server itself', () => {
    expect(server.errors).toEqual([])
  })

  async function rawAnswer(request: string): Promise<{ status: number; head: string; body: string }> {
    const socket = connectSocket(Number(new URL(server.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(request)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    return { status: Number(head.split(' ')[1]), head, body }
  }
})

describe('the addresses in answers are', () => {
  const addresses = async (url: string, header = '') => {
    const { headers, json } = await curl(`curl -X POST ${header} ${url}/trigger_report`)
    const { json: report } = await curl(`curl ${header} ${url}/get_report/${id}`)
    return { of: json['report_id'] as string, location: headers.location, file: report['report_url'] }
  }

  test('as the caller has reached the server', async () => {
    const { of, location, file } = await addresses(server.url, "-H 'Host: localhost:8080'")
    expect(location).toBe(`http://localhost:8080/get_report/${of}`)
    expect(file).toBe(`http://localhost:8080/reports/${id}.csv`)
  })

  test('those of the proxy in front of the server, where that is configured', async () => {
    const publicUrl = 'https://monitor.example.org'
    await using behindProxy = await runningServer({ databaseUrl: server.databaseUrl, publicUrl })
    const { of, location, file } = await addresses(behindProxy.url)
    expect(location).toBe(`${publicUrl}/get_report/${of}`)
    expect(file).toBe(`${publicUrl}/reports/${id}.csv`)
  })
})
