import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Hono } from 'hono'
import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { createSessionToken } from '../../server/access/session-token.ts'
import type { ApiParts } from '../../server/api/api-parts.ts'
import { createHttpApp } from '../../server/api/http-app.ts'
import { openApiDocument } from '../../server/api/rest/openapi.ts'
import { restRoutes } from '../../server/api/rest/routes.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { pollerSetting } from '../../server/config-file/poller-setting.ts'
import { sourceSetting } from '../../server/config-file/source-setting.ts'
import { connect } from '../../server/database/connect.ts'
import { usualLimits } from '../../server/limits/setting.ts'
import { insertSession } from '../../server/database/sessions.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { claimSource, readSources } from '../../server/database/sources.ts'
import { toAppError } from '../../shared/app-error.ts'
import { problemOf } from '../../shared/problem.ts'
import { providerReturnPath } from '../../shared/way-in.ts'
import { begunImport } from '../support/begun-import.ts'
import { arrivedBack, identityProvider } from '../support/identity-provider.ts'
import { loopbackServer } from '../support/loopback-server.ts'
import { pulledBefore } from '../support/pulled-before.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'
import { storedReport } from '../support/stored-report.ts'
import { incidentEvent, toldIncident } from '../support/told-incident.ts'
import { recordEvents } from '../../server/alerts/record-events.ts'
import { testDatabase } from '../support/test-database.ts'

interface Schema {
  readonly $ref?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly default?: unknown
}
interface Body {
  readonly schema: Schema
  readonly example?: unknown
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly deprecated?: boolean
  readonly parameters?: readonly {
    name: string
    in: string
    required?: boolean
    description?: string
    schema: Schema
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Body>> }
  readonly responses: Readonly<
    Record<string, { description: string; content?: Record<string, Body>; headers?: Record<string, unknown> }>
  >
}
type PathItem = Readonly<Record<string, Operation>> & { readonly servers?: readonly { url: string }[] }
interface Document {
  readonly info: { version: string }
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: { schemas: Readonly<Record<string, Schema>> }
}

const nothingIsCalled = { getReportAs: 'json', limits: usualLimits } as ApiParts
const document = openApiDocument(restRoutes(nothingIsCalled), '0.0.0-test') as Document
const operations = Object.entries(document.paths).flatMap(([path, { servers, ...methods }]) => {
  const bases = servers?.map(({ url }) => url.replace(/\/$/, '')) ?? ['']
  return Object.entries(methods).map(([method, operation]) => ({ path, method, operation, bases }))
})

const ajv = new Ajv2020({ strict: false, allErrors: true, discriminator: false })
addFormats.default(ajv)
ajv.addSchema(document, 'openapi.json')

/** What a value breaks of the schema at a place in the document. */
function violations(value: unknown, ...place: readonly string[]): unknown[] {
  const pointer = place.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
  const validate = ajv.compile({ $ref: `openapi.json#/${encodeURI(pointer)}` })
  return validate(value) ? [] : validate.errors!
}

const polls =
  'store_id,status,timestamp_utc\nb,active,2023-01-24 10:00:00 UTC\na,inactive,2023-01-24 11:00:00 UTC\n'
const unknownId = '00000000-0000-4000-8000-000000000000'

/** A file that is not there at first. */
const pulledFile = join(tmpdir(), `store-monitor-test-${randomUUID()}.csv`)
const sources = () =>
  ['here', 'busy'].map((name) =>
    sourceSetting.parse({ name, url: `file://${pulledFile}`, schedule: '0 0 0 1 1 * 2099' }),
  )

/** Their turns come once a day; of one that has any stores. */
const pollers = ['city=Bonn', 'city=Nowhere'].map((group) =>
  pollerSetting.parse({
    name: group.replace('=', '-'),
    url: 'https://store-monitor.invalid/{store_id}',
    rule: { status: { 200: 'active' } },
    every: '24h',
    group,
  }),
)

async function hereNow(): Promise<string> {
  await writeFile(pulledFile, polls)
  return 'here'
}

/** One that another server pulls. */
async function pulledElsewhere(): Promise<string> {
  await using db = await connect(server.databaseUrl)
  const lastAttemptAt = (await readSources(db)).get('busy')?.last_attempt_at ?? null
  const claim = { name: 'busy', owner: 'another', lastAttemptAt, at: Date.now(), failures: 0, retryAt: 0 }
  await claimSource(db, claim)
  return 'busy'
}

/** Whose channel says that it is gone. */
async function givenUp(): Promise<string> {
  return (await client().alert.test.mutate({ name: 'gone' })).messageId
}

async function aSilence(): Promise<string> {
  const { silenceId } = await client().alert.silence.mutate({ to: '2099-01-01T00:00:00Z', reason: 'x' })
  return String(silenceId)
}

async function anEndedSilence(): Promise<string> {
  const silenceId = await aSilence()
  await client().alert.endSilence.mutate({ silenceId: Number(silenceId) })
  return silenceId
}

async function anIncident(): Promise<string> {
  await using db = await connect(server.databaseUrl)
  const key = await toldIncident(db)
  await db
    .transaction()
    .execute(async (tx) => recordEvents(tx, [await incidentEvent(tx, key, 'opened', 0)], () => [], 0))
  return String(key)
}

async function anAcknowledged(): Promise<string> {
  const id = await anIncident()
  await client().incident.acknowledge.mutate({ incidentId: Number(id), note: 'x' })
  return id
}

async function oneThatIsOver(): Promise<string> {
  await using db = await connect(server.databaseUrl)
  return String(await toldIncident(db, { told: 'over', closed_at: 0 }))
}

async function delivered(): Promise<string> {
  return (await client().alert.test.mutate({ name: 'log' })).messageId
}

function client() {
  return createStoreMonitorClient({ url: server.url })
}

const parts = new AsyncDisposableStack()
let server: TestServer
/** Without any polls. */
let empty: TestServer
let limited: TestServer
let completeId: string

beforeAll(async () => {
  const provider = parts.use(await identityProvider())
  provider.know('ann', { groups: ['staff'] })
  const receiver = parts.use(await loopbackServer((_, response) => response.writeHead(410).end()))
  const database = parts.use(await testDatabase())
  await pulledBefore(database.url, 'here', 'busy')
  // Which makes keys, and is not to ask for one.
  const ofServer = {
    databaseUrl: database.url,
    sources: sources(),
    pollers,
    alerts: alertsSetting.parse({
      channels: [
        { name: 'log', type: 'stdout' },
        {
          name: 'gone',
          type: 'webhook',
          url: receiver.url,
          secret: `whsec_${'a'.repeat(32)}`,
          allowPrivate: true,
        },
      ],
      digests: [{ name: 'soup', channel: 'log', group: 'chain=Soup' }],
    }),
    insecure: true,
    keepReports: 36_500 * 86_400_000,
  }
  ;[server, empty, limited] = await Promise.all([
    runningServer(ofServer),
    runningServer(),
    runningServer({ limits: { uploadBytes: 1000 }, oidc: provider.setting(), insecure: true }),
  ])
  provider.register(limited.url + providerReturnPath)
  parts.defer(() => rm(pulledFile, { force: true }))
  await server.upload(`${polls}c,sleeping,2023-01-24 10:00:00 UTC\n`)
  completeId = (await finishedReport(server.url))['report_id'] as string
})
afterAll(async () => {
  await Promise.all([server, empty, limited].map((one) => one[Symbol.asyncDispose]()))
  await parts.disposeAsync()
})

async function aSession(): Promise<string> {
  await using db = await connect(server.databaseUrl)
  const at = Date.now()
  const { tokenId, hash } = createSessionToken()
  const owner = { way: 'oidc', keyNumber: null, name: 'Ann', role: 'viewer', labels: [] } as const
  const session = { ...owner, tokenId, hash, at, expiresAt: at + 1_000_000 }
  await writeAlone(db, 'data', (tx) => insertSession(tx, session))
  const { session_id } = await db
    .selectFrom('session')
    .select('session_id')
    .where('token_id', '=', tokenId)
    .executeTakeFirstOrThrow()
  return String(session_id)
}

const running = () => storedReport(server.databaseUrl)
const failed = () => storedReport(server.databaseUrl, { state: 'failed', failure: 'the disk is full' })
const cancelled = () => storedReport(server.databaseUrl, { state: 'cancelled' })
const complete = () => completeId
const completeByDay = async () => {
  const byDay = { by: 'day', from: '2023-01-23', to: '2023-01-24' }
  return (await finishedReport(server.url, byDay))['report_id'] as string
}

const newCorrection =
  '{"storeId":"a","from":"2023-01-01T00:00Z","to":"2023-01-02T00:00Z","kind":"closed","reason":"flood"}'

async function createdCorrection(): Promise<string> {
  const response = await fetch(`${server.url}/corrections`, { method: 'POST', body: newCorrection })
  const { correctionId } = (await response.json()) as { correctionId: number }
  return String(correctionId)
}

const newKey = '{"name":"one","role":"viewer","labels":["city=Bonn"],"expires":"2099-01-01T00:00:00Z"}'

/** The only one that manages keys. */
async function aKey(): Promise<string> {
  await fetch(`${server.url}/keys`, { method: 'POST', body: '{"name":"admin","role":"admin"}' })
  return 'admin'
}

let keysMade = 0

/** What its holder sends. */
async function tokenOfNewKey(): Promise<string> {
  const body = JSON.stringify({ name: `viewer-${++keysMade}`, role: 'viewer' })
  const response = await fetch(`${server.url}/keys`, { method: 'POST', body })
  return ((await response.json()) as { key: string }).key
}

const deletion = 'from=2020-01-01T00:00Z&to=2021-01-01T00:00Z&reason=test'

/** One that can be deleted. */
async function aStore(): Promise<string> {
  await server.upload('store_id,status,timestamp_utc\ngoing,active,2023-01-24 10:00:00 UTC\n')
  return 'going'
}

interface Call {
  readonly status: number
  /** Of the report in the path, the query or the body. */
  readonly id?: string | (() => string | Promise<string>)
  /** Behind the id of a report in the path. */
  readonly store?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | ((id: string) => string)
  readonly onEmpty?: boolean
  /** Of a server that takes only small files, and where people sign in at a provider. */
  readonly onLimited?: boolean
  /** Who comes back from there. */
  readonly arrives?: string
  /** Its answer has no end: only its head is asked for. */
  readonly isEndless?: boolean
}

const tooLarge = ' '.repeat(1 << 17)
const fileCalls: readonly Call[] = [
  { status: 206, id: complete, query: 'format=csv', headers: { range: 'bytes=0-7' } },
  { status: 416, id: complete, query: 'format=csv', headers: { range: 'bytes=9999-' } },
  { status: 304, id: complete, query: 'format=csv', headers: { 'if-none-match': '*' } },
]
const stateOrFileCalls: readonly Call[] = [
  { status: 200, id: running },
  { status: 200, id: failed },
  { status: 200, id: cancelled },
  { status: 200, id: complete },
  { status: 200, id: complete, query: 'format=json' },
  { status: 200, id: complete, query: 'format=ndjson' },
  { status: 200, id: complete, query: 'format=xlsx' },
  { status: 200, id: complete, query: 'format=csv&columns=all' },
  { status: 200, id: complete, headers: { accept: 'application/x-ndjson' } },
  { status: 400, id: complete, query: 'format=xml' },
  { status: 404, id: 'x' },
  { status: 404, id: unknownId },
  ...fileCalls,
]
const csvCalls: readonly Call[] = [
  { status: 200, id: running },
  { status: 200, id: complete },
  { status: 200, id: complete, query: 'format=json' },
  { status: 400, id: complete, query: 'format=xml' },
  { status: 404, id: unknownId },
  { status: 404, id: 'x' },
  { status: 404, id: failed },
  { status: 404, id: cancelled },
  ...fileCalls,
]
const downloadCalls: readonly Call[] = [
  { status: 200, id: complete },
  { status: 200, id: complete, query: 'columns=all' },
  { status: 304, id: complete, headers: { 'if-none-match': '*' } },
  { status: 400, id: complete, query: 'columns=some' },
  { status: 404, id: 'x' },
  { status: 404, id: unknownId },
  { status: 409, id: running },
]
const pageCalls: readonly Call[] = [
  { status: 200 },
  { status: 200, query: 'limit=1' },
  { status: 400, query: 'limit=0' },
  { status: 400, query: 'cursor=rubbish' },
]

const filterCalls: readonly Call[] = [
  { status: 200, id: complete },
  { status: 200, id: complete, query: 'observed=never&window=LastDay&labels=city%3DBonn' },
  { status: 400, id: complete, query: 'uptime_from=90&uptime_to=80' },
  { status: 400, id: complete, query: 'now=asleep' },
  { status: 404, id: unknownId },
  { status: 409, id: running },
]

/** For each operation, a request for every status that it has in the document. */
const callsOf: Readonly<Record<string, readonly Call[]>> = {
  triggerReport: [
    { status: 200 },
    { status: 200, body: '{}', headers: { 'idempotency-key': 'once' } },
    { status: 400, body: '{"reach":"a while"}' },
    { status: 409, onEmpty: true },
    { status: 409, body: '{"reach":"2h"}', headers: { 'idempotency-key': 'once' } },
    { status: 413, body: tooLarge },
  ],
  triggerReportByGet: [
    { status: 200 },
    { status: 200, query: 'reach=90m' },
    { status: 400, query: 'as_of=now' },
    { status: 409, onEmpty: true },
  ],
  getReport: stateOrFileCalls,
  getReportByQuery: [...stateOrFileCalls, { status: 400 }],
  readReport: stateOrFileCalls,
  getReportCsv: csvCalls,
  getReportCsvByQuery: [...csvCalls, { status: 400 }],
  getReportCsvByBody: [
    { status: 200, id: running, body: (id) => JSON.stringify({ report_id: id }) },
    { status: 200, id: complete, body: (id) => JSON.stringify({ report_id: id }) },
    { status: 400, body: '{}' },
    { status: 404, body: JSON.stringify({ report_id: unknownId }) },
    { status: 413, body: tooLarge },
  ],
  getReportByBody: [
    { status: 200, id: running, body: (id) => JSON.stringify({ report_id: id }) },
    { status: 200, id: complete, body: (id) => JSON.stringify({ report_id: id }) },
    { status: 400, body: '{}' },
    { status: 404, body: JSON.stringify({ report_id: unknownId }) },
    { status: 413, body: tooLarge },
  ],
  downloadReportCsv: [...downloadCalls, ...fileCalls],
  downloadReportByQuery: [...downloadCalls, ...fileCalls, { status: 400 }],
  downloadReportJson: downloadCalls,
  downloadReportNdjson: downloadCalls,
  downloadReportXlsx: downloadCalls,
  followReport: [
    { status: 200, id: complete },
    { status: 204, id: complete, headers: { 'last-event-id': 'complete' } },
    { status: 404, id: 'x' },
    { status: 404, id: unknownId },
  ],
  listReports: pageCalls,
  listReportGroups: [
    { status: 200, id: complete, query: 'by=city' },
    { status: 400, id: complete },
    { status: 404, id: unknownId, query: 'by=city' },
    { status: 409, id: running, query: 'by=city' },
  ],
  readReportTotals: [
    { status: 200, id: complete },
    { status: 200, id: complete, query: 'store_id=a' },
    { status: 400, id: complete, query: 'store_id=a&store_id=b' },
    { status: 404, id: unknownId },
    { status: 409, id: running },
  ],
  listReportPeriodGroups: [
    { status: 200, id: completeByDay },
    { status: 200, id: completeByDay, query: 'by=city&limit=1' },
    { status: 400, id: completeByDay, query: 'limit=0' },
    { status: 404, id: unknownId },
    { status: 409, id: complete },
  ],
  listReportPeriodStores: [
    { status: 200, id: completeByDay, query: 'sort_by=downtime&store_id=a' },
    { status: 400, id: completeByDay, query: 'limit=0' },
    { status: 404, id: unknownId },
    { status: 409, id: complete },
  ],
  verifyReport: [
    { status: 200, id: complete },
    { status: 200, id: completeByDay, query: 'stores=all' },
    { status: 400, id: complete, query: 'stores=0' },
    { status: 404, id: unknownId },
    { status: 409, id: running },
  ],
  explainReportRow: [
    { status: 200, id: complete, store: 'a' },
    { status: 200, id: completeByDay, store: 'a' },
    { status: 400, id: complete, store: 'a b' },
    { status: 404, id: unknownId, store: 'a' },
    { status: 404, id: complete, store: 'nowhere' },
    { status: 409, id: running, store: 'a' },
  ],
  deleteReport: [
    { status: 200, id: running },
    { status: 204, id: failed },
    { status: 404, id: 'x' },
    { status: 404, id: unknownId },
  ],
  importFile: [
    { status: 200, body: polls },
    { status: 200, body: polls, headers: { accept: 'application/x-ndjson' } },
    { status: 202, body: polls, headers: { prefer: 'respond-async' } },
    { status: 400 },
    { status: 400, body: 'a,b\n1,2\n' },
    { status: 400, body: `${polls}c,sleeping,2023-01-24 10:00:00 UTC\n`, query: 'max_rejected=0' },
    { status: 400, body: polls, query: 'max_rejected=few' },
    { status: 413, body: tooLarge, onLimited: true },
  ],
  pushPolls: [
    { status: 200, body: polls },
    { status: 200, body: polls, query: 'source=poller-1', headers: { 'idempotency-key': 'one' } },
    { status: 400 },
    { status: 400, body: polls, query: 'source=' },
    { status: 400, body: polls, headers: { 'idempotency-key': ' ' } },
    {
      status: 409,
      body: `${polls}c,active,2023-01-24 12:00:00 UTC\n`,
      headers: { 'idempotency-key': 'one' },
    },
    { status: 413, body: `[${' '.repeat(17 * 1024 * 1024)}]` },
    { status: 422, body: '{"store_id":"a"}' },
  ],
  listPushed: pageCalls,
  listWatched: [...pageCalls, { status: 200, query: 'state=failed' }, { status: 400, query: 'state=lost' }],
  listPolls: [
    ...pageCalls,
    { status: 200, query: 'format=csv&store_id=a&from=2023-01-01T00:00Z' },
    { status: 200, query: 'format=parquet' },
    { status: 400, query: 'from=yesterday' },
    { status: 404, query: 'store_id=nowhere' },
  ],
  listImports: [
    ...pageCalls,
    { status: 200, query: 'store_id=a' },
    { status: 404, query: 'store_id=nowhere' },
  ],
  listImportStores: [
    { status: 200, id: '1' },
    { status: 400, id: '1', query: 'cursor=rubbish' },
    { status: 404, id: '999' },
  ],
  getImport: [
    { status: 200, id: '1' },
    { status: 400, id: '0' },
    { status: 404, id: '999' },
  ],
  followImport: [
    { status: 200, id: '1' },
    { status: 204, id: '1', headers: { 'last-event-id': 'complete' } },
    { status: 400, id: '0' },
    { status: 404, id: '999' },
  ],
  cancelImport: [
    { status: 200, id: async () => String(await begunImport(server.databaseUrl)) },
    { status: 400, id: '0' },
    { status: 404, id: '999' },
    { status: 409, id: '1' },
  ],
  listRejectedRows: [
    { status: 200, id: '1' },
    { status: 400, id: '1', query: 'cursor=rubbish' },
    { status: 404, id: '999' },
  ],
  getRejectedSummary: [
    { status: 200, id: '1' },
    { status: 400, id: '0' },
    { status: 404, id: '999' },
  ],
  listRejectedStores: [
    { status: 200, id: '1' },
    { status: 400, id: '1', query: 'cursor=-' },
    { status: 404, id: '999' },
  ],
  listStores: [
    { status: 200, query: 'search=a' },
    ...pageCalls.slice(0, 3),
    { status: 400, query: 'cursor=-' },
  ],
  followStores: [
    { status: 200, query: 'store_id=a', isEndless: true },
    { status: 400, query: 'store_id=a%20b' },
    { status: 404, query: 'store_id=nowhere' },
  ],
  listDownStores: [
    { status: 200 },
    { status: 200, query: 'format=csv&labels=city%3DBonn' },
    { status: 400, query: 'limit=0' },
    { status: 400, query: 'cursor=rubbish' },
    { status: 409, onEmpty: true },
  ],
  getStore: [
    { status: 200, id: 'a' },
    { status: 400, id: 'a b' },
    { status: 404, id: 'z' },
  ],
  setBusinessHours: [
    { status: 200, id: 'a', body: '{"spans":[{"day":0,"start":"9:00","end":"5:30 PM"}]}' },
    { status: 400, id: 'a', body: '{"spans":[]}' },
    { status: 413, id: 'a', body: tooLarge },
  ],
  setTimezone: [
    { status: 200, id: 'a', body: '{"timezone":"UTC","validFrom":"2023-01-01T00:00Z"}' },
    { status: 400, id: 'a', body: '{"timezone":"Mars/Olympus"}' },
    { status: 413, id: 'a', body: tooLarge },
  ],
  setSpecialHours: [
    { status: 200, id: 'a', body: '{"days":[{"date":"2022-12-25","spans":[]}]}' },
    { status: 400, id: 'a', body: '{"days":[{"date":"2022-02-30","spans":[]}]}' },
    { status: 413, id: 'a', body: tooLarge },
  ],
  setStoreDetails: [
    { status: 200, id: 'a', body: '{"name":"A","labels":{"city":"Bonn"}}' },
    { status: 400, id: 'a', body: '{"labels":{"a=b":"c"}}' },
    { status: 413, id: 'a', body: tooLarge },
  ],
  readStoreRevenue: [
    { status: 200, id: 'a' },
    { status: 400, id: 'a b' },
    { status: 404, id: 'z' },
  ],
  setStoreRevenue: [
    { status: 200, id: 'a', body: '{"perHour":120.5,"currency":"eur"}' },
    { status: 400, id: 'a', body: '{"perHour":-1}' },
    { status: 413, id: 'a', body: tooLarge },
  ],
  createCorrection: [
    { status: 200, body: newCorrection },
    { status: 400, body: '{}' },
    { status: 404, body: newCorrection.replace('"a"', '"z"') },
    { status: 413, body: tooLarge },
  ],
  listCorrections: [{ status: 200, query: 'store_id=a&state=in-force' }, ...pageCalls],
  revokeCorrection: [
    { status: 200, id: createdCorrection, query: 'by=Ann' },
    { status: 400, id: '0' },
    { status: 404, id: '999' },
  ],
  listSessions: [{ status: 200 }, { status: 400, query: 'limit=0' }],
  revokeSession: [
    { status: 200, id: aSession, query: 'by=Ann&reason=left' },
    { status: 400, id: 'x' },
    { status: 404, id: '999999' },
  ],
  runRetention: [
    { status: 200, body: '{"dryRun":true}' },
    { status: 200 },
    { status: 400, body: '{"dryRun":1}' },
    { status: 409, onEmpty: true },
    { status: 413, body: tooLarge },
  ],
  deletePolls: [
    { status: 200, query: `all=true&${deletion}` },
    { status: 200, query: `store_id=a&confirm=0&${deletion}` },
    { status: 200, query: `labels=city=Bonn&${deletion}` },
    { status: 400, query: deletion },
    { status: 404, query: `store_id=z&${deletion}` },
    { status: 409, query: `all=true&confirm=7&${deletion}` },
  ],
  deleteStore: [
    { status: 200, id: 'a', query: 'reason=closed' },
    { status: 200, id: aStore, query: 'reason=closed&by=Ann&confirm=1' },
    { status: 400, id: 'a', query: 'confirm=-1' },
    { status: 404, id: 'z', query: 'reason=closed' },
    { status: 409, id: 'a', query: 'reason=closed&confirm=7' },
  ],
  listSources: [{ status: 200 }, { status: 200, onEmpty: true }],
  pullSource: [
    { status: 200, id: hereNow, body: '{"again":true}' },
    { status: 200, id: 'here' },
    { status: 400, id: 'here', body: '{"again":"yes"}' },
    { status: 404, id: 'nowhere' },
    { status: 409, id: pulledElsewhere },
    { status: 413, id: 'here', body: tooLarge },
  ],
  trySource: [
    { status: 200, id: 'here', body: JSON.stringify({ answer: polls }) },
    { status: 400, id: 'here', body: '{"answer":"nothing"}' },
    { status: 404, id: 'nowhere' },
    { status: 413, id: 'here', body: tooLarge },
  ],
  listPollers: [{ status: 200 }, { status: 200, onEmpty: true }],
  tryPoller: [
    { status: 200, id: 'city-Bonn', body: '{"storeId":"a","answer":"x"}' },
    { status: 200, id: 'city-Bonn', body: '{"storeId":"a","answer":"x","status":503}' },
    { status: 400, id: 'city-Bonn', body: '{"status":99}' },
    { status: 404, id: 'nowhere' },
    { status: 409, id: 'city-Nowhere' },
    { status: 413, id: 'city-Bonn', body: tooLarge },
  ],
  listDigests: [{ status: 200 }, { status: 200, onEmpty: true }],
  previewDigest: [
    { status: 200, id: 'soup' },
    { status: 400, id: 'soup', query: 'date=tomorrow' },
    { status: 404, id: 'nothing' },
    { status: 404, id: 'soup', onEmpty: true },
  ],
  listAlertChannels: [{ status: 200 }, { status: 200, onEmpty: true }],
  testAlertChannel: [
    { status: 200, id: 'log' },
    { status: 404, id: 'nowhere' },
  ],
  listOutbox: [{ status: 200, query: 'channel=log' }, ...pageCalls],
  listSilences: pageCalls,
  createSilence: [
    { status: 200, body: '{"to":"2099-01-01T00:00:00Z","reason":"x","labels":["city=Bonn"]}' },
    { status: 400, body: '{"to":"2020-01-01T00:00:00Z","reason":"x"}' },
    { status: 413, body: tooLarge },
  ],
  endSilence: [
    { status: 200, id: aSilence },
    { status: 400, id: 'x' },
    { status: 404, id: '999999999' },
    { status: 409, id: anEndedSilence },
  ],
  listToldIncidents: [
    { status: 200, query: 'open=true&condition=down' },
    ...pageCalls,
    { status: 404, query: 'store_id=nowhere' },
  ],
  getToldIncident: [
    { status: 200, id: anAcknowledged },
    { status: 400, id: 'x' },
    { status: 404, id: '999999999' },
  ],
  acknowledgeIncident: [
    { status: 200, id: anIncident, body: '{"note":"x","until":"2099-01-01T00:00:00Z"}' },
    { status: 200, id: anIncident },
    { status: 400, id: anIncident, body: '{"until":"2020-01-01T00:00:00Z"}' },
    { status: 404, id: '999999999' },
    { status: 409, id: oneThatIsOver },
    { status: 413, id: '1', body: tooLarge },
  ],
  takeBackAcknowledgement: [
    { status: 200, id: anAcknowledged },
    { status: 400, id: 'x' },
    { status: 404, id: '999999999' },
    { status: 409, id: anIncident },
  ],
  replayMessage: [
    { status: 200, id: givenUp },
    { status: 404, id: 'nowhere' },
    { status: 409, id: delivered },
  ],
  listChanges: [
    { status: 200, query: 'kind=import&since=2023-01-01T00:00Z' },
    { status: 200, query: 'store_id=a' },
    ...pageCalls,
    { status: 404, query: 'store_id=nowhere' },
  ],
  describeService: [{ status: 200 }, { status: 200, headers: { accept: 'text/html' } }],
  readHealth: [{ status: 200 }, { status: 200, onEmpty: true }],
  isReady: [{ status: 200 }, { status: 200, onEmpty: true }],
  readSession: [{ status: 200 }],
  createSession: [
    { status: 200, id: tokenOfNewKey, body: (key) => JSON.stringify({ key }) },
    { status: 401, body: '{"key":"smk_wrong"}' },
    { status: 400, body: '{}' },
    { status: 413, body: tooLarge },
  ],
  endSession: [{ status: 204 }],
  beginSignIn: [
    { status: 302, onLimited: true, query: 'return_to=/stores' },
    { status: 400, onLimited: true, query: 'return_to=//evil.example' },
    { status: 404 },
  ],
  endSignIn: [
    { status: 303, arrives: 'ann' },
    { status: 400, onLimited: true, query: 'code=x&state=y' },
    { status: 404, query: 'code=x&state=y' },
  ],
  listKeys: [...pageCalls, { status: 200, query: 'state=in-force' }],
  createKey: [
    { status: 200, body: newKey },
    { status: 400, body: '{"name":"a b","role":"viewer"}' },
    { status: 409, body: newKey },
    { status: 413, body: tooLarge },
  ],
  revokeKey: [
    { status: 409, id: aKey },
    { status: 200, id: 'one', query: 'by=Ann&reason=left' },
    { status: 400, id: 'a b' },
    { status: 404, id: 'nobody' },
  ],
  checkData: [
    { status: 200 },
    { status: 200, query: 'limit=1' },
    { status: 200, onEmpty: true },
    { status: 400, query: 'limit=0' },
  ],
  readStoreUptime: [
    { status: 200, id: 'a' },
    { status: 200, id: 'a', query: 'as_of=2023-01-24T12:00:00Z&reach=1h&corrections=ignored' },
    { status: 400, id: 'a', query: 'reach=99d' },
    { status: 404, id: 'nowhere' },
    { status: 409, id: 'a', onEmpty: true },
  ],
  explainStore: [
    { status: 200, id: 'a' },
    { status: 200, id: 'a', query: 'since=2023-01-23&until=2023-01-24&format=csv' },
    { status: 400, id: 'a', query: 'since=yesterday' },
    { status: 404, id: 'nowhere' },
    { status: 409, id: 'a', onEmpty: true },
  ],
  readStoreHistory: [
    { status: 200, id: 'a', query: 'by=day&since=2023-01-23&until=2023-01-24' },
    { status: 200, id: 'a', query: 'by=week&since=2023-01-23&until=2023-01-24&format=csv' },
    { status: 400, id: 'a', query: 'by=year&since=2023-01-23&until=2023-01-24' },
    { status: 404, id: 'nowhere', query: 'by=day&since=2023-01-23&until=2023-01-24' },
    { status: 409, id: 'a', onEmpty: true, query: 'by=day&since=2023-01-23&until=2023-01-24' },
  ],
  listOutageGroups: [
    { status: 200, query: 'by=city&since=2023-01-23&until=2023-01-24' },
    { status: 400, query: 'since=2023-01-23&until=2023-01-24' },
    { status: 409, onEmpty: true, query: 'by=city&since=2023-01-23&until=2023-01-24' },
  ],
  listSlos: [
    { status: 200, query: 'month=2023-01&sort_by=spent' },
    { status: 200, query: 'format=csv' },
    { status: 400, query: 'month=2023-13' },
    { status: 400, query: 'month=2090-01' },
    { status: 404, query: 'store_id=z' },
    { status: 409, onEmpty: true },
  ],
  listSloGroups: [
    { status: 200, query: 'by=city' },
    { status: 200, query: 'format=csv' },
    { status: 400, query: 'month=soon' },
    { status: 409, onEmpty: true },
  ],
  listIncidents: [
    { status: 200, query: 'since=2023-01-01T00:00Z' },
    { status: 200, query: 'open=true&condition=down&store_id=a' },
    { status: 200, query: 'labels=city%3DBonn&format=csv' },
    { status: 400, query: 'open=perhaps' },
    { status: 404, query: 'store_id=nowhere' },
    { status: 409, onEmpty: true },
  ],
  simulateAlerts: [
    { status: 200 },
    { status: 200, body: '{"rules":{"rules":[{"condition":"down","for":"5m"}]}}' },
    { status: 400, body: '{"since":"2123-01-01T00:00Z"}' },
    { status: 409, onEmpty: true },
    { status: 413, body: tooLarge },
  ],
  readAlertRules: [
    { status: 200 },
    { status: 400, query: 'version=one' },
    { status: 404, query: 'version=7' },
  ],
  applyAlertRules: [
    { status: 200, body: '{"rules":[{"condition":"group-share","by":"city","group":"chain=Soup"}]}' },
    { status: 400, body: '{"rules":[{"condition":"down","for":"a while"}]}' },
    { status: 413, body: tooLarge },
  ],
  listSalesAtRisk: [
    { status: 200, query: 'since=2023-01-24&until=2023-01-24&average=85.5&sort_by=most' },
    { status: 200, query: 'since=2023-01-24&until=2023-01-24&format=csv&recaptured=20' },
    { status: 400, query: 'since=2023-01-24&until=2023-01-23' },
    { status: 400, query: 'since=2023-01-24&until=2023-01-24&average=-1' },
    { status: 404, query: 'since=2023-01-24&until=2023-01-24&store_id=z' },
    { status: 409, query: 'since=2023-01-24&until=2023-01-24', onEmpty: true },
  ],
  listSalesAtRiskGroups: [
    { status: 200, query: 'since=2023-01-24&until=2023-01-24&by=city&average=85.5' },
    { status: 200, query: 'since=2023-01-24&until=2023-01-24&format=csv' },
    { status: 400, query: 'since=2023-01-24&until=soon' },
    { status: 409, query: 'since=2023-01-24&until=2023-01-24', onEmpty: true },
  ],
  readSalesAtRisk: [
    { status: 200, id: 'a', query: 'since=2023-01-24&until=2023-01-24' },
    { status: 200, id: 'a', query: 'since=2023-01-24&until=2023-01-24&format=csv' },
    { status: 400, id: 'a', query: 'since=2023-01-24' },
    { status: 404, id: 'z', query: 'since=2023-01-24&until=2023-01-24' },
    { status: 409, id: 'a', query: 'since=2023-01-24&until=2023-01-24', onEmpty: true },
  ],
  listOutages: [
    { status: 200, query: 'since=2023-01-23&until=2023-01-24' },
    { status: 200, query: 'since=2023-01-23&until=2023-01-24&format=csv' },
    { status: 200, query: 'since=2023-01-23&until=2023-01-24&sort_by=longest&store_id=a' },
    { status: 400, query: 'since=2023-01-24&until=2023-01-23' },
    { status: 404, query: 'since=2023-01-23&until=2023-01-24&store_id=nowhere' },
    { status: 409, onEmpty: true, query: 'since=2023-01-23&until=2023-01-24' },
  ],
  isAlive: [{ status: 200 }],
  readMetrics: [{ status: 200 }],
  followNews: [{ status: 200, isEndless: true }],
  ensureReport: [
    { status: 200 },
    { status: 200, body: '{"reach":"90m","labels":["city=Bonn"]}' },
    { status: 400, body: '{"by":"day"}' },
    { status: 409, onEmpty: true },
    { status: 413, body: tooLarge },
  ],
  listReportRows: [
    { status: 200, id: complete, query: 'sort_by=since&order=descending&limit=1&sales=true' },
    { status: 200, id: complete, query: 'now=down&now=up&uptime_from=0&uptime_to=100&search=a&timezone=UTC' },
    ...filterCalls,
    { status: 400, id: complete, query: 'limit=0' },
  ],
  downloadReportRowsCsv: filterCalls,
  downloadReportRowsXlsx: filterCalls,
  summarizeReport: filterCalls,
  readReportHours: [
    { status: 200, id: complete },
    { status: 404, id: unknownId },
    { status: 409, id: running },
  ],
  readStrips: [
    { status: 200, query: 'store_id=a' },
    { status: 200, query: 'store_id=a&store_id=b&reach=90m' },
    { status: 400 },
    { status: 404, query: 'store_id=nowhere' },
    { status: 409, query: 'store_id=a', onEmpty: true },
  ],
  suggestStores: [
    { status: 200, query: 'text=A' },
    { status: 200, query: 'text=A&limit=1', onEmpty: true },
    { status: 400, query: 'text=a&limit=0' },
  ],
}

describe('every operation answers as its document says', () => {
  test.for(
    operations.flatMap((one) =>
      one.bases.map((base) => [`${one.method.toUpperCase()} ${base}${one.path}`, base, one] as const),
    ),
  )('%s', async ([, base, { path, method, operation }]) => {
    const calls = callsOf[operation.operationId.replace(/\d+$/, '')] ?? []
    for (const call of calls) {
      const response = await send(base + path, method, call)
      expect.soft(response.status, JSON.stringify(call)).toBe(call.status)
      expect.soft(await undocumented(response, path, method, operation)).toEqual([])
    }
    // That of a server that is too busy is asked for in pusher.test.ts, and who may what in access.test.ts.
    const documented = Object.keys(operation.responses).filter(
      (status) => !/default|401|403|429|503/.test(status),
    )
    const called = [...new Set(calls.map((call) => String(call.status)))].filter((status) => status !== '401')
    expect(called.sort()).toEqual(documented)
  })
})

async function send(path: string, method: string, call: Call): Promise<Response> {
  if (call.arrives !== undefined) {
    const { browser, back } = await arrivedBack(limited.url, call.arrives)
    return browser.ask(back)
  }
  const id = typeof call.id === 'function' ? await call.id() : call.id
  const called = call.onEmpty ? empty : call.onLimited ? limited : server
  const url = new URL(called.url)
  url.pathname = path.replace(/\{\w+\}/, id ?? '').replace(/\{\w+\}/, call.store ?? '')
  url.search = call.query ?? ''
  const takesIdInQuery = id !== undefined && !path.includes('{') && method === 'get'
  if (takesIdInQuery) url.searchParams.set('report_id', id)
  const body = typeof call.body === 'function' ? call.body(id!) : call.body
  const asked = call.isEndless ? 'HEAD' : method
  return fetch(url, { method: asked, headers: { ...call.headers }, body: body ?? null, redirect: 'manual' })
}

/** What of an answer is not as the document has it. */
async function undocumented(
  response: Response,
  path: string,
  method: string,
  operation: Operation,
): Promise<unknown[]> {
  const status = String(response.status)
  const documented = operation.responses[status]
  if (documented === undefined) return [`status ${status}`]
  const missing = Object.keys(documented.headers ?? {}).filter((name) => !response.headers.has(name))
  const text = await response.text()
  const content = documented.content ?? {}
  if (Object.keys(content).length === 0) return [...missing, ...(text === '' ? [] : [text])]
  const mediaType = response.headers.get('content-type')?.split(';')[0] ?? ''
  if (!(mediaType in content)) return [...missing, `content type ${mediaType}`]
  if (!/\bjson$/.test(mediaType)) return missing
  const place = ['paths', path, method, 'responses', status, 'content', mediaType, 'schema']
  return [...missing, ...violations(JSON.parse(text), ...place)]
}

describe('an error is documented with the very example that is answered', () => {
  const exampleId = '6f1c4d8e-33a0-4f57-a3c5-0d6f2a6f6a11'
  test.for<readonly [string, string, Call]>([
    ['post', '/trigger_report', { status: 413, body: tooLarge }],
    ['post', '/trigger_report', { status: 400, body: '{"reach":"a while"}' }],
    ['post', '/trigger_report', { status: 409, onEmpty: true }],
    ['get', '/reports', { status: 400, query: 'limit=0' }],
    ['get', '/reports/{report_id}', { status: 404, id: exampleId }],
    ['get', '/imports/{import_id}', { status: 400, id: '0' }],
    ['get', '/imports/{import_id}', { status: 404, id: '7', onEmpty: true }],
    ['post', '/imports', { status: 400 }],
  ])('%s %s: %j', async ([method, path, call]) => {
    const response = await send(path, method, call)
    const { content } = document.paths[path]![method]!.responses[call.status]!
    expect(await response.json()).toEqual(content!['application/problem+json']!.example)
  })
})

test('what a full disk does is documented as it is answered', () => {
  const noSpace = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const { content } = document.paths['/reports']!['get']!.responses['default']!
  expect(content!['application/problem+json']!.example).toEqual(problemOf(toAppError(noSpace)))
})

test('nothing of this was an error of the server itself', () => {
  expect([...server.errors, ...empty.errors]).toEqual([])
})

test('the document has every route that is served, and no other', () => {
  const app: Hono = createHttpApp(nothingIsCalled)
  const served = app.routes
    .filter(
      ({ method, path }) => method !== 'ALL' && !/^(\/api)?\/docs|^\/openapi\.json$|^\/assets\//.test(path),
    )
    .map(({ method, path }) => `${method} ${openApiPath(path)}`)
  const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  expect(documented.sort()).toEqual([...new Set(served)].sort())
})

/** `/reports/:report_id{.+\.csv}` as OpenAPI has it: `/reports/{report_id}.csv`. */
function openApiPath(path: string): string {
  return path.replaceAll(
    /:(\w+)(?:\{\.\+\\(\.\w+)\})?/g,
    (_, name: string, extension = '') => `{${name}}${extension}`,
  )
}

test('the document is served, with names of operations that are identifiers and differ', async () => {
  const response = await fetch(`${server.url}/openapi.json`)
  expect(await response.json()).toEqual(document)
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9]*$/)
})

/** Named by the systems that had them first. */
const olderSchemas = ['Report', 'RequestedReport', 'ReportOptions', 'ReportReference', 'ReportWithText']

test('names are written with underscores in addresses, with hyphens in paths, and in camel case in JSON', () => {
  const parameters = operations.flatMap(({ operation }) => operation.parameters ?? [])
  for (const { name, in: place } of parameters) {
    expect(name).toMatch(place === 'header' ? /^[a-z]+(-[a-z]+)*$/ : /^[a-z]+(_[a-z]+)*$/)
  }
  const newer = operations.filter(({ path }) => !/\/(trigger|get|download)_report\b/.test(path))
  for (const { path } of newer) expect(path.replaceAll(/\{\w+\}/g, '')).toMatch(/^[a-z/.-]+$/)
  const wrong: string[] = []
  eachSchema(document.components.schemas, [], ({ properties = {} }, [schema = '', ...place]) => {
    const names = Object.keys(properties).filter((name) => !/^[a-z][A-Za-z0-9]*$/.test(name))
    if (!olderSchemas.includes(schema)) wrong.push(...names.map((name) => [schema, ...place, name].join('/')))
  })
  expect(wrong).toEqual([])
})

test('what has a default may be left out of a request, and nothing in a body says that it is always there', () => {
  const parameters = operations.flatMap(({ operation }) => operation.parameters ?? [])
  const withDefault = parameters.filter(({ schema }) => schema.default !== undefined)
  expect(withDefault.length).toBeGreaterThan(20)
  expect(withDefault.filter(({ required }) => required)).toEqual([])

  const bodies = operations.flatMap(({ operation }) => Object.values(operation.requestBody?.content ?? {}))
  const fields = bodies.flatMap(({ schema }) => {
    const { properties, required } = document.components.schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? {}
    return Object.entries(properties ?? {}).map(([name, { default: value }]) => ({
      name,
      value,
      isRequired: required?.includes(name) ?? false,
    }))
  })
  expect(fields.filter(({ value }) => value !== undefined)).toEqual([])
  const optional = fields.filter(({ isRequired }) => !isRequired).map(({ name }) => name)
  expect(optional).toEqual(
    expect.arrayContaining(['reach', 'interpolation', 'author', 'validFrom', 'labels']),
  )
})

test('everything in the document has a description', () => {
  for (const { operation, path, method } of operations) {
    expect(operation.summary, `${method} ${path}`).toMatch(/.{10}/)
    for (const { name, description } of operation.parameters ?? []) {
      expect(description, `${name} of ${method} ${path}`).toMatch(/.{5}/)
    }
    for (const { description } of Object.values(operation.responses)) expect(description).toMatch(/.{5}/)
  }
  const bare: string[] = []
  eachSchema(document, [], (schema, place) => {
    if (schema.$ref !== undefined) return
    const isNamed = ['properties', 'schemas'].includes(place.at(-2) ?? '')
    if (isNamed && !schema.description) bare.push(place.join('/'))
  })
  expect(bare).toEqual([])
})

test('every example in the document keeps its schema', () => {
  const wrong: unknown[] = []
  let count = 0
  eachSchema(document, [], (schema, place) => {
    const { example } = schema as Partial<Body>
    const isBody = place.at(-2) === 'content'
    if (isBody && example !== undefined) check(example, [...place, 'schema'])
    for (const one of schema.examples ?? []) check(one, place)
  })
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(20)

  function check(example: unknown, place: readonly string[]): void {
    count++
    wrong.push(...violations(example, ...place).map((violation) => ({ place, violation })))
  }
})

/** Visits every object of the document but the examples. */
function eachSchema(
  value: unknown,
  place: readonly string[],
  visit: (schema: Schema, place: readonly string[]) => void,
): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) visit(value, place)
  for (const [key, part] of Object.entries(value)) {
    if (key !== 'example' && key !== 'examples') eachSchema(part, [...place, key], visit)
  }
}
