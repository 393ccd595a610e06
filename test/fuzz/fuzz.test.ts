/**
 * Every route and every procedure is asked what its schema takes, what just misses it, and what is hostile: each answer is a documented
 * one, and comes. `FUZZ=1000000 npx vitest run test/fuzz` asks as often, and each time otherwise.
 */
import fc from 'fast-check'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiDocument } from '../../server/api/rest/openapi.ts'
import { restRoutes } from '../../server/api/rest/routes.ts'
import type { ApiParts } from '../../server/api/api-parts.ts'
import { createMetrics } from '../../server/observe/metrics.ts'
import { createService, type Service } from '../../server/service.ts'
import { filledDatabase } from '../support/test-database.ts'
import { createJudge } from './judge.ts'
import { createKnown } from './known.ts'
import { restRequests, type FuzzRequest, type Operation, type OperationPlace } from './rest-requests.ts'
import { schemaValues, type JsonSchema } from './schema-values.ts'
import { allProcedures, trpcRequests } from './trpc-requests.ts'

const count = Number(process.env['FUZZ'] ?? 100_000)
const seed = process.env['FUZZ'] === undefined ? 42 : Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
/** Longer than any answer takes, on a machine that does much else. */
const ANSWER_WITHIN_MS = 120_000
/** What was answered is asked for after so many. */
const AT_ONCE = 100
/** What is deleted comes back after so many. */
const REFILL_AFTER = 1000

const parts = new AsyncDisposableStack()
const errors: unknown[] = []
let service: Service
let fetchOf: (request: Request) => Response | Promise<Response>

beforeAll(async () => {
  const database = parts.use(await filledDatabase(20))
  service = parts.use(
    await createService({
      databaseUrl: database.url,
      workers: 1,
      startThreads: 'on demand',
      publicUrl: undefined,
      metrics: createMetrics({ version: '0.0.0-test', database: 'sqlite' }),
      version: '0.0.0-test',
      now: () => Date.UTC(2023, 0, 25),
      onError: (error) => errors.push(error),
    }),
  )
  fetchOf = (await service.app()).fetch
})
afterAll(() => parts.disposeAsync())

// Half of the answers are errors, whose stacks nobody reads; where one is to be found, FUZZ says how many are asked.
const { stackTraceLimit } = Error
if (process.env['FUZZ'] === undefined) Error.stackTraceLimit = 0
afterAll(() => void (Error.stackTraceLimit = stackTraceLimit))

const polls = Array.from(
  { length: 20 },
  (_, i) => `store-0000${String(i + 1).padStart(2, '0')},active,2023-01-19 1${i % 10}:00:00 UTC\n`,
)
const file = `store_id,status,timestamp_utc\n${polls.join('')}`

/** Makes what may have been deleted, and returns what can be asked for. */
async function refill(): Promise<Readonly<Record<string, readonly unknown[]>>> {
  await fetchOf(new Request('http://localhost/imports', { method: 'POST', body: file }))
  const byDay = { by: 'day', from: '2023-01-17', to: '2023-01-19' }
  const reportIds = await Promise.all([{}, byDay].map(finishedReport))
  return { reportId: reportIds, storeId: ['store-000001', 'store-000002', 'store-000003'] }
}

async function finishedReport(options: object): Promise<string> {
  const request = { method: 'POST', body: JSON.stringify(options) }
  const response = await fetchOf(new Request('http://localhost/trigger_report', request))
  const { report_id: reportId } = (await response.json()) as { report_id: string }
  for (;;) {
    await setImmediate() // threads are heard in between
    const state = await fetchOf(new Request(`http://localhost/reports/${reportId}`))
    if (((await state.json()) as { status: string }).status !== 'Running') return reportId
  }
}

function asked({ method, path, headers, body }: FuzzRequest, signal: AbortSignal): Request | undefined {
  try {
    return new Request(`http://localhost${path}`, { method, headers, body: body ?? null, signal })
  } catch {
    return undefined // no client could send it
  }
}

test(`${count} requests of any kind are answered as documented`, { timeout: 3_600_000 }, async () => {
  const document = openApiDocument(restRoutes({ getReportAs: 'json' } as ApiParts), '0.0.0-test') as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
    readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
  }
  const places = Object.entries(document.paths).flatMap(([path, methods]): OperationPlace[] =>
    Object.entries(methods).flatMap(([method, operation]) =>
      method === 'servers' ? [] : [{ path, method, operation }],
    ),
  )
  const known = createKnown()
  const procedures = await allProcedures()
  const values = schemaValues(known, (ref) => document.components.schemas[ref.replace(/^.*\//, '')]!)
  const { judge } = createJudge(
    document,
    places.map(({ operation }) => operation),
    known,
  )
  const request = fc.oneof(
    { arbitrary: fc.oneof(...places.map((place) => restRequests(place, values))), weight: 3 },
    { arbitrary: trpcRequests(procedures, values), weight: 2 },
  )
  const statuses = new Map<number, number>()
  const reached = new Set<string>()
  /** What was wrong, and of the first request that it was wrong of. */
  const failures = new Map<string, FuzzRequest>()

  async function requireDocumentedAnswer(fuzzed: FuzzRequest): Promise<void> {
    await setImmediate()
    const left = new AbortController()
    const sent = asked(fuzzed, left.signal)
    if (sent === undefined) return
    const answer = async () => {
      const response = await fetchOf(sent)
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
      await judge(fuzzed, response, () => left.abort())
      if (response.ok) reached.add(fuzzed.meant)
    }
    await within(ANSWER_WITHIN_MS, answer())
    if (errors.length > 0) throw new Error(`an error of the server: ${String((errors.pop() as Error).stack)}`)
  }

  for (let done = 0; done < count; done += AT_ONCE) {
    if (done % REFILL_AFTER === 0) known.renew(await refill())
    for (const fuzzed of fc.sample(fc.noShrink(request), { numRuns: AT_ONCE, seed: seed + done })) {
      try {
        await requireDocumentedAnswer(fuzzed)
      } catch (error) {
        const { message } = error as Error
        if (!failures.has(message)) failures.set(message, fuzzed)
      }
    }
  }
  if (process.env['FUZZ'] !== undefined) {
    const all = [
      ...places.map(({ operation }) => operation.operationId),
      ...procedures.map(({ path }) => path),
    ]
    const neverOk = all.filter((one) => !reached.has(one))
    const answers = JSON.stringify(Object.fromEntries(statuses))
    process.stderr.write(`seed ${seed}; answers ${answers}; never with success: ${neverOk.join(', ')}\n`)
  }
  expect([...failures]).toEqual([])
  expect(statuses.get(200)).toBeGreaterThan(count / 10)
  expect(statuses.get(400)).toBeGreaterThan(count / 10)
})

async function within(ms: number, answered: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('there is no answer')), ms)
  try {
    await Promise.race([answered, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
