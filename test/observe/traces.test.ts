import type { IncomingMessage, ServerResponse } from 'node:http'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { sourceSetting } from '../../server/config-file/source-setting.ts'
import { loopbackServer } from '../support/loopback-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'

const slowly = { timeout: 15_000 }
vi.setConfig({ testTimeout: 20_000 })

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly links?: readonly Pick<Span, 'traceId' | 'spanId'>[]
  readonly status: { readonly code?: number; readonly message?: string }
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
  const resources = () => sent.flatMap(({ resourceSpans }) => resourceSpans)
  const spans = () => resources().flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
  return { server, resources, spans, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test("a request's span covers what a thread did for it, and is the caller's child", async () => {
  await using traces = await collector()
  const traceId = 'a'.repeat(32)
  {
    await using server = await runningServer({ traces: traces.server.url })
    await server.upload('store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n')
    const headers = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01`, 'x-request-id': 'r-7' }
    await (await fetch(`${server.url}/down-stores?token=secret`, { headers })).text()
    await expect.poll(() => server.happened.filter(({ type }) => type === 'request'), slowly).toHaveLength(2)
    expect(server.errors).toEqual([])
  }
  expect(traces.server.requests.map(({ url }) => url)).toContain('/v1/traces')
  expect(traces.resources()[0]!.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'store-monitor' },
  })
  const spans = traces.spans()
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
})

test('a caller that names no span, but zeros, is given one as any other', async () => {
  await using traces = await collector()
  {
    await using server = await runningServer({ traces: traces.server.url })
    for (const [traceId, spanId] of [
      ['0'.repeat(32), 'b'.repeat(16)],
      ['a'.repeat(32), '0'.repeat(16)],
    ]) {
      const headers = { traceparent: `00-${traceId}-${spanId}-01` }
      await (await fetch(`${server.url}/livez`, { headers })).text()
    }
    await expect.poll(() => server.happened.filter(({ type }) => type === 'request'), slowly).toHaveLength(2)
  }
  const spans = traces.spans()
  expect(spans).toHaveLength(2)
  for (const { traceId, parentSpanId } of spans) {
    expect(traceId).not.toMatch(/^(?:0|a)+$/)
    expect(parentSpanId ?? '').toBe('')
  }
})

test('a collector that is away keeps nobody from an answer, nor a server from its end', async () => {
  await using server = await runningServer({ traces: 'http://127.0.0.1:9' })
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
})

/** What was traced of a server that somebody used. */
async function tracedWhile(
  use: (server: Awaited<ReturnType<typeof runningServer>>) => Promise<unknown>,
  setting: Parameters<typeof runningServer>[0] = {},
): Promise<readonly Span[]> {
  await using traces = await collector()
  {
    await using server = await runningServer({ ...setting, traces: traces.server.url })
    await use(server)
    expect(server.errors).toEqual([])
  }
  return traces.spans()
}

const polls = 'store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n'
const attribute = ({ attributes }: Span, name: string) => attributes.find(({ key }) => key === name)?.value

test('a report has a trace of its own, with what threads did for it, linked to the request that asked for it', async () => {
  let report: Record<string, unknown> = {}
  const spans = await tracedWhile(async (server) => {
    await server.upload(polls)
    report = await finishedReport(server.url)
    await expect.poll(() => server.happened.some(({ type }) => type === 'report'), slowly).toBe(true)
  })
  const asked = spans.find(({ name }) => name === 'POST triggerReport')!
  const traced = spans.find(({ name }) => name === 'report')!
  expect(traced.traceId).not.toBe(asked.traceId)
  expect(traced.parentSpanId).toBeUndefined()
  expect(traced.links).toEqual([expect.objectContaining({ traceId: asked.traceId, spanId: asked.spanId })])
  expect(attribute(traced, 'store_monitor.report.id')).toEqual({ stringValue: report['report_id'] })
  expect(attribute(traced, 'store_monitor.report.state')).toEqual({ stringValue: 'complete' })
  const within = spans.filter(({ parentSpanId }) => parentSpanId === traced.spanId)
  expect(within.map(({ name }) => name)).toEqual(['planReport', 'generateParts', 'finishReport'])
  for (const span of within) {
    expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(traced.startTimeUnixNano))
    expect(BigInt(span.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(traced.endTimeUnixNano))
  }
  const ofRequest = spans.filter(({ parentSpanId }) => parentSpanId === asked.spanId)
  expect(ofRequest.map(({ name }) => name)).not.toContain('generateParts')
})

test('a report whose request its caller does not record is not traced either', async () => {
  const spans = await tracedWhile(async (server) => {
    await server.upload(polls)
    const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` }
    await fetch(`${server.url}/trigger_report`, { method: 'POST', headers })
    await expect.poll(() => server.happened.some(({ type }) => type === 'report'), slowly).toBe(true)
  })
  expect(spans.map(({ name }) => name)).not.toContain('report')
  expect(spans.map(({ traceId }) => traceId)).not.toContain('a'.repeat(32))
})

test('the writing of an upload and of a push, and the threads that write an answer, are in the span of their request', async () => {
  const spans = await tracedWhile(async (server) => {
    await server.upload(polls)
    const pushed = JSON.stringify([
      { store_id: 'a', status: 'inactive', timestamp_utc: '2026-10-05T10:00:00Z' },
    ])
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${server.url}/polls`, { method: 'POST', headers, body: pushed })).status).toBe(200)
    await (await fetch(`${server.url}/polls?format=csv`)).text()
    await expect.poll(() => server.happened.filter(({ type }) => type === 'request'), slowly).toHaveLength(3)
  })
  const namesOf = new Map(spans.map(({ spanId, name }) => [spanId, name]))
  const within = spans.map(({ name, parentSpanId = '' }) => [namesOf.get(parentSpanId), name])
  expect(within).toContainEqual(['POST importFile', 'importFiles'])
  expect(within).toContainEqual(['POST pushPolls', 'writePushes'])
  expect(within).toContainEqual(['GET listPolls', 'writePolls'])
})

test('what comes and goes by itself has traces of its own, which say what failed', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'polls.csv'), polls)
  await writeFile(
    join(folder.path, 'menu_hours.csv'),
    'store_id,dayOfWeek,start_time_local,end_time_local\n,,,\n',
  )
  const spans = await tracedWhile(
    async (server) => {
      const imported = () => server.happened.filter(({ type }) => type.startsWith('import'))
      await expect.poll(imported, slowly).toHaveLength(2)
      await expect.poll(() => server.happened.some(({ type }) => type === 'change'), slowly).toBe(true)
    },
    { watch: [folder.path], watchTimes: { everyMs: 20, settleMs: 0 }, keepPolls: 1000, retainEveryMs: 20 },
  )
  expect(spans.map(({ name }) => name)).toContain('retention')
  const imports = spans.filter(({ name }) => name === 'import')
  expect(imports.map((span) => attribute(span, 'store_monitor.import.state'))).toEqual(
    expect.arrayContaining([{ stringValue: 'complete' }, { stringValue: 'failed' }]),
  )
  expect(imports.map(({ status }) => status.message)).toEqual(
    expect.arrayContaining([undefined, expect.stringContaining('none of its only row')]),
  )
  for (const { spanId } of imports) {
    expect(spans.filter(({ parentSpanId }) => parentSpanId === spanId)).toMatchObject([
      { name: 'importFiles' },
    ])
  }
})

test('a pull by schedule has a trace of its own, which says what failed', async () => {
  const source = sourceSetting.parse({
    name: 'feed',
    url: 'http://127.0.0.1:9/polls.csv',
    schedule: '* * * * * *',
    allowPrivate: true,
  })
  const spans = await tracedWhile(
    async (server) => {
      await expect.poll(() => server.told, slowly).toHaveLength(1)
    },
    { sources: [source] },
  )
  const pull = spans.find(({ name }) => name === 'pull')!
  expect(attribute(pull, 'store_monitor.source')).toEqual({ stringValue: 'feed' })
  expect(pull.status.message).toContain('127.0.0.1')
  expect(spans.find(({ parentSpanId }) => parentSpanId === pull.spanId)).toMatchObject({
    name: 'fetchSource',
  })
})
