import { request } from 'node:http'
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
