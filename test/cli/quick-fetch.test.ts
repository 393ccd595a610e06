import { httpBatchLink } from '@trpc/client'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createCaller } from '../../client/call.ts'
import { quickFetch } from '../../client/cli/quick-fetch.ts'
import { createClient } from '../../client/client.ts'
import { createStoreMonitorClient } from '../../client/index.ts'
import { httpCalls, trpcUrlOf } from '../../client/http-calls.ts'
import { runningServer } from '../support/running-server.ts'

/** A client whose calls go through each of them. */
const clients = {
  fetch: (url: string) => createStoreMonitorClient({ url }),
  quickFetch: (url: string) =>
    createClient(
      createCaller(
        { url },
        httpCalls({ url }, httpBatchLink({ url: trpcUrlOf({ url }), fetch: quickFetch, maxItems: 1 })),
      ),
    ),
}

async function listening(answer: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe.each(Object.entries(clients))('through %s', (_, clientOf) => {
  test('a query and a mutation are answered, or refused with the reason', async () => {
    await using server = await runningServer()
    const client = clientOf(server.url)
    expect(await client.store.list.query({ limit: 5 })).toEqual({ items: [], nextCursor: null })
    await expect(client.report.trigger.mutate({})).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^there are no polls/) as string,
    })
    await expect(client.report.get.query({ reportId: 'x' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'there is no report "x": a report id is a UUID, as /trigger_report returned it',
    })
  })

  test('a redirect is followed', async () => {
    await using server = await runningServer()
    await using other = await listening((request, response) => {
      response.writeHead(307, { location: `${server.url}${request.url}` }).end()
    })
    expect(await clientOf(other.url).health.query()).toMatchObject({ status: 'ok' })
  })

  test.each<[string, RequestListener, RegExp]>([
    ['a web site', (_, response) => response.end('<!doctype html>'), /is not a store-monitor server/],
    ['what hangs up', (request) => request.socket.destroy(), /^cannot reach store-monitor at/],
    [
      'what hangs up in the middle of its answer',
      (_, response) => response.writeHead(200, { 'content-length': 10 }).write('{', () => response.destroy()),
      /^cannot reach store-monitor at/,
    ],
  ])('%s is no server that can be reached', async (_, answer, message) => {
    await using server = await listening(answer)
    await expect(clientOf(server.url).health.query()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(message) as string,
    })
  })

  test('who gives up is told so', async () => {
    await using server = await listening(() => {})
    const signal = AbortSignal.timeout(50)
    await expect(clientOf(server.url).health.query(undefined, { signal })).rejects.toThrow(/abort/i)
  })
})
