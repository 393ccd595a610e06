import { afterAll, beforeAll, expect, test } from 'vitest'
import { runningServer, type TestServer } from '../support/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await runningServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test.for([
  ['GET', '/stores'],
  ['GET', '/reports/x.csv'],
  ['GET', '/nowhere'],
  ['PUT', '/stores'],
  ['GET', '/trpc/health'],
  ['GET', '/trpc/nothing'],
  ['POST', '/trigger_report'],
  ['GET', '/docs'],
] as const)('%s %s tells browsers to be careful', async ([method, path]) => {
  const { headers } = await fetch(server.url + path, { method })
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; .*frame-ancestors 'none'/,
    ) as string,
  })
})
