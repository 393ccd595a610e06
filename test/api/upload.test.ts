import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { finishedReport, runningServer } from '../support/running-server.ts'

const header = 'store_id,status,timestamp_utc\n'
const manyPolls =
  header +
  Array.from({ length: 60_000 }, (_, i) => {
    const at = new Date(Date.UTC(2023, 0, 20) + i * 1000).toISOString()
    return `s${i % 50},active,${at}\n`
  }).join('')

test('a caller who goes away while its file is imported harms nobody, and the import goes on', async () => {
  await using server = await runningServer()
  await new Promise<void>((resolve, reject) => {
    const upload = request(`${server.url}/imports?source=big.csv`, {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
    })
    upload.on('response', (response) => {
      response.destroy()
      resolve()
    })
    upload.on('error', reject)
    upload.end(manyPolls)
  })
  await server.upload('store_id,timezone_str\ns1,UTC\n') // waits its turn behind the first
  const { items } = (await (await fetch(`${server.url}/imports`)).json()) as { items: object[] }
  expect(items).toMatchObject([
    { source: 'upload.csv', state: 'complete' },
    { source: 'big.csv', state: 'complete', rowsAccepted: 60_000 },
  ])
  expect(await finishedReport(server.url)).toMatchObject({ status: 'Complete' })
  expect(server.errors).toEqual([])
})

test('an upload that is broken off is no error of the server', async () => {
  await using server = await runningServer()
  await new Promise<void>((resolve) => {
    const upload = request(`${server.url}/imports`, {
      method: 'POST',
      headers: { 'content-length': 1_000_000 },
    })
    upload.on('error', () => resolve())
    upload.on('socket', (socket) => socket.on('connect', () => setImmediate(() => upload.destroy())))
    upload.write(header)
  })
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  expect(server.errors).toEqual([])
})

test('a file of which nothing can be taken is refused; its record and rejected rows are kept', async () => {
  await using server = await runningServer()
  const send = (accept: string) =>
    fetch(`${server.url}/imports?source=menu.csv`, {
      method: 'POST',
      headers: { accept },
      body: `${header}s1,asleep,2023-01-24T10:00Z\n`,
    })
  const refused = await send('*/*')
  expect(refused.status).toBe(400)
  const failure =
    'none of its only row can be taken; on line 2, status "asleep" is neither active nor inactive'
  expect(await refused.json()).toMatchObject({
    detail: `menu.csv was not imported: ${failure} (GET /imports/1/rejected lists them)`,
  })
  expect(await (await fetch(`${server.url}/imports/1`)).json()).toMatchObject({ state: 'failed', failure })
  const rejected = await (await fetch(`${server.url}/imports/1/rejected`)).json()
  expect(rejected).toMatchObject({ items: [{ line: 2, source: 'menu.csv' }] })

  const lines = (await (await send('application/x-ndjson')).text()).trimEnd().split('\n')
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ import: { importId: 2, state: 'failed', failure } })
})

test('no temporary path is shown, whatever a file is called', async () => {
  await using server = await runningServer()
  const source = "$& $' $`.csv"
  const upload = (body: string | Uint8Array) =>
    fetch(`${server.url}/imports?source=${encodeURIComponent(source)}`, {
      method: 'POST',
      body: body as string,
    })
  const unknown = await upload('a,b\n')
  expect(await unknown.json()).toMatchObject({
    detail: expect.stringContaining(`${source} is of no known kind`) as unknown,
  })
  const damaged = await upload(gzipSync(manyPolls).subarray(0, 1000))
  const detail = `${source} is a damaged gzip file: unexpected end of file`
  expect(await damaged.json()).toMatchObject({ detail })
  expect(await (await fetch(`${server.url}/imports/1`)).json()).toMatchObject({ source, failure: detail })
})

test.for([
  ['', /^the body is empty/],
  ['a,b,c\n1,2,3\n', /^menu\.csv is of no known kind/],
] as const)(
  'what is wrong with a file is told under the name that its sender gave: %j',
  async ([body, detail]) => {
    await using server = await runningServer()
    const response = await fetch(`${server.url}/imports?source=menu.csv`, { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(detail) as string })
  },
)

test('a call of tRPC has no room for a file', async () => {
  await using server = await runningServer()
  const response = await fetch(`${server.url}/trpc/report.trigger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reach: 'x'.repeat(100_000) }),
  })
  expect(response.status).toBe(413)
})

test.for(['$&', "$`'$'", 'a $$ b'])(
  '%s is a name like any other, and shows nothing of the server',
  async (source) => {
    await using server = await runningServer()
    const url = `${server.url}/imports?source=${encodeURIComponent(source)}`
    const response = await fetch(url, { method: 'POST', body: 'a,b,c\n1,2,3\n' })
    const { detail } = (await response.json()) as { detail: string }
    expect(detail.startsWith(`${source} is of no known kind`)).toBe(true)
    expect(detail).not.toContain('store-monitor-upload')
  },
)

test.for(['a\0b.csv', 'a\nb', '\u001b[31m.csv', 'a\u0085'])('%j is no name for a file', async (source) => {
  await using server = await runningServer()
  const url = `${server.url}/imports?source=${encodeURIComponent(source)}`
  const response = await fetch(url, { method: 'POST', body: header })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    detail: expect.stringMatching(/^source: .*no control/) as string,
  })
})
