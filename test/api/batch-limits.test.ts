import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppRouter } from '../../server/api/router.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n')
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** A client that sends what is called together in one request. */
function batching() {
  return createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${server.url}/trpc` })] })
}

function together<Result>(count: number, call: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, call))
}

const tooLarge = { code: 'PAYLOAD_TOO_LARGE', httpStatus: 413, appErrorCode: 'too-large' }

describe('a batch of tRPC calls', () => {
  test('has at most 20', async () => {
    const { health } = batching()
    expect(await together(20, () => health.query())).toHaveLength(20)
    await expect(together(21, () => health.query())).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the batch has 21 calls, and at most 20 are taken: .*maxItems/,
      ) as string,
      data: tooLarge,
    })
  })

  test('has no more by other spellings', async () => {
    for (const separator of [',', '%2C', '%2c', '%252C']) {
      const path = Array.from({ length: 400 }, () => 'health').join(separator)
      const response = await fetch(`${server.url}/trpc/${path}?batch=1&input={}`)
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
      expect((await response.text()).length).toBeLessThan(8000)
    }
  })

  test('has pages of two largest ones in all', async () => {
    const { store } = batching()
    const page = (limit: number) => store.list.query({ limit })
    expect(await Promise.all([page(1000), page(999), page(1)])).toMatchObject([{}, {}, {}])
    await expect(Promise.all([page(1000), page(1000), page(1)])).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the pages of the batch have 2001 rows in all .* at most 2000/,
      ) as string,
      data: tooLarge,
    })
    expect(await together(20, () => store.list.query())).toHaveLength(20)
  })

  test('has each call refuse its own nonsense', async () => {
    const input = encodeURIComponent(
      JSON.stringify({ 0: { limit: -1e300 }, 1: { limit: 'x' }, 2: { limit: 1 } }),
    )
    const response = await fetch(`${server.url}/trpc/store.list,store.list,store.list?batch=1&input=${input}`)
    expect(response.status).toBe(207)
    const answers = (await response.json()) as object[]
    expect(answers.map((answer) => 'result' in answer)).toEqual([false, false, true])
    const notJson = await fetch(`${server.url}/trpc/store.list,store.list?batch=1&input={`)
    expect(notJson.status).toBe(400)
    expect(server.errors).toEqual([])
  })
})
