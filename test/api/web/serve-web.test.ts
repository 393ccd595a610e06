import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { curl } from '../../support/curl.ts'
import { runningServer, type TestServer } from '../../support/running-server.ts'

const html = "-H 'Accept: text/html,application/xhtml+xml,*/*;q=0.8'"

let server: TestServer

beforeAll(async () => void (server = await runningServer()))
afterAll(() => server[Symbol.asyncDispose]())

test.for(['/', '/stores', '/stores/a%2Fb', '/reports', '/alerts', '/data'])(
  'a browser gets the page at %s',
  async (path) => {
    const { status, headers, text } = await curl(`curl ${html} ${server.url}${path}`)
    expect(status).toBe(200)
    expect(text).toContain('<div id="page"></div>')
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
      'cache-control': 'no-cache',
      vary: expect.stringMatching(/^accept\b/i) as string,
    })
  },
)

test('a program gets there what it gets without the page, and caches are told that it depends', async () => {
  const stores = await curl(`curl ${server.url}/stores`)
  expect(stores).toMatchObject({ status: 200, text: '{"items":[],"nextCursor":null}' })
  expect(stores.headers.vary).toMatch(/accept(?:,|$)/)
  expect((await curl(`curl ${server.url}/stores/nowhere`)).json).toMatchObject({ status: 404 })
  expect((await curl(`curl ${server.url}/data`)).json).toMatchObject({ status: 404 })
})

test('what the page is made of is kept for ever, and comes as small as the browser takes it', async () => {
  const { text } = await curl(`curl ${html} ${server.url}`)
  const addresses = Array.from(text.matchAll(/(?:src|href)="([^"]*)"/g), ([, address]) => address!)
  expect(addresses.map((address) => address.split('.').at(-1))).toEqual(
    expect.arrayContaining(['js', 'css', 'svg']),
  )
  for (const address of addresses) {
    expect(address).toMatch(/^\/assets\/[\w-]+-[\w-]{8}\.\w+$/)
    const plain = await curl(`curl ${server.url}${address}`)
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const brotli = await curl(`curl -H 'Accept-Encoding: gzip, br' ${server.url}${address}`)
    expect(brotli.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' })
    expect(brotliDecompressSync(brotli.bytes).equals(plain.bytes)).toBe(true)
    const gzip = await curl(`curl -H 'Accept-Encoding: gzip, br;q=0' ${server.url}${address}`)
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true)
  }
})

test.for(['nothing.js', '..%2Findex.html', '..%2F..%2F..%2Fpackage.json', 'index.html', 'x.js.br'])(
  'there is no asset %s',
  async (name) => {
    expect((await curl(`curl --path-as-is ${server.url}/assets/${name}`)).status).toBe(404)
  },
)
