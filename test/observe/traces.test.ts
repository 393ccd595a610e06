import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { loopbackServer } from '../support/loopback-server.ts'
import { runningServer } from '../support/running-server.ts'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: Pick<Span, 'attributes'>
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  }[]
}

/** What a collector of traces is sent. */
async function collector() {
  const sent: Sent[] = []
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    sent.push(JSON.parse(await text(request)) as Sent)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }
  const server = await loopbackServer((request, response) => void take(request, response))
  return { server, sent, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test(
  "a request's span covers what a thread did for it, and is the caller's child",
  { timeout: 20_000 },
  async () => {
    await using traces = await collector()
    const traceId = 'a'.repeat(32)
    {
      await using server = await runningServer({ traces: traces.server.url })
      await server.upload('store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n')
      const headers = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01`, 'x-request-id': 'r-7' }
      await (await fetch(`${server.url}/down-stores?token=secret`, { headers })).text()
      await expect.poll(() => server.happened.filter(({ type }) => type === 'request')).toHaveLength(2)
      expect(server.errors).toEqual([])
    }
    expect(traces.server.requests.map(({ url }) => url)).toContain('/v1/traces')
    const resources = traces.sent.flatMap(({ resourceSpans }) => resourceSpans)
    expect(resources[0]!.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'store-monitor' },
    })
    const spans = resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    const request = spans.find((span) => span.traceId === traceId && span.parentSpanId === 'b'.repeat(16))!
    expect(request.attributes).toContainEqual({
      key: 'store_monitor.request_id',
      value: { stringValue: 'r-7' },
    })
    const ofThread = spans.find(({ parentSpanId }) => parentSpanId === request.spanId)!
    expect(ofThread).toMatchObject({ name: 'downStores', traceId })
    expect(BigInt(ofThread.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(request.startTimeUnixNano))
    expect(BigInt(ofThread.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(request.endTimeUnixNano))
    expect(BigInt(ofThread.endTimeUnixNano)).toBeGreaterThan(BigInt(ofThread.startTimeUnixNano))
    expect(JSON.stringify(spans)).not.toContain('secret')
  },
)

test(
  'a collector that is away keeps nobody from an answer, nor a server from its end',
  { timeout: 20_000 },
  async () => {
    await using server = await runningServer({ traces: 'http://127.0.0.1:9' })
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  },
)
