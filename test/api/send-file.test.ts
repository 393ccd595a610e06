import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { sendText } from '../../server/api/rest/send-file.ts'

/** A server that answers with so many lines, behind which something is wrong. */
async function faultyServer(lines: number) {
  async function* text() {
    for (let i = 0; i < lines; i++) yield Buffer.from(`${i}\n`)
    await Promise.resolve()
    throw new Error('the disk is gone')
  }
  const app = new Hono()
  app.get('/', (context) => sendText(context, 'text/csv', text()))
  app.onError(({ message }, context) => context.json({ told: message }, 500))
  const listener = getRequestListener(app.fetch)
  const server = createServer((request, response) => void listener(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => void server.close(),
  }
}

test.each([0, 1])('what goes wrong behind %d pieces is answered in words', async (lines) => {
  using server = await faultyServer(lines)
  const response = await fetch(server.url)
  expect([response.status, await response.json()]).toEqual([500, { told: 'the disk is gone' }])
})

test.each([2, 3, 100])('what goes wrong behind %d pieces cuts the answer', async (lines) => {
  using server = await faultyServer(lines)
  await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow(
    /terminated|aborted|other side closed|fetch failed/,
  )
})
