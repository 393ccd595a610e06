/** What keys of groups are told: of their stores, and nothing of others. */
import type { AnyTRPCProcedure } from '@trpc/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { loadProcedures } from '../../build/procedures.ts'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../client/index.ts'
import type { ApiParts } from '../../server/api/api-parts.ts'
import type { ProcedureMeta } from '../../server/api/procedure.ts'
import { restRoutes } from '../../server/api/rest/routes.ts'
import { bearing } from '../support/access-keys.ts'
import { secrets, twoChains, type TwoChains } from '../support/two-chains.ts'

const routes = restRoutes({ getReportAs: 'json' } as ApiParts)

let scene: TwoChains
let soup: StoreMonitorClient
beforeAll(async () => {
  scene = await twoChains()
  soup = createStoreMonitorClient({ url: scene.server.url, key: scene.soup })
}, 60_000)
afterAll(() => scene[Symbol.asyncDispose]())

interface Answer {
  readonly status: number
  readonly text: string
}

async function ask(method: string, path: string, body?: unknown, token = scene.soup): Promise<Answer> {
  const stop = new AbortController()
  const response = await fetch(scene.server.url + path, {
    method,
    headers: { ...bearing(token), 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
    signal: stop.signal,
  })
  const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  const text = isEndless ? '' : await response.text()
  if (isEndless) stop.abort()
  return { status: response.status, text }
}

/** The secrets in a text, without what the caller wrote itself. */
function secretsIn(text: string, written: string): string[] {
  return secrets.filter((secret) => text.includes(secret) && !written.includes(secret))
}

const time = 'since=2023-01-20&until=2023-01-26&from=2023-01-20T00:00Z&to=2023-01-26T00:00Z&text=s&reason=r'
/** What may be asked for: routes leave alone what they do not know. */
const queries = [
  'by=day',
  'by=hidden_label',
  'by=chain&format=csv',
  'by=hour-of-week&format=ndjson',
  'by=nothing',
  'labels=chain%3DGeheim&by=day',
  'labels=hidden_label%3Dx&by=day&format=csv',
  'store_id=zz-rival-1&by=day',
  'store_id=soup-1&storeId=zz-rival-1&by=day',
  'storeId=soup-1&store_id=zz-rival-1&by=day',
  'search=rival&by=day&sort_by=downtime',
  'report_id=RIVAL&by=day',
  'report_id=SOUP&reportId=RIVAL&by=day',
  'report_id=SOUP&by=day',
  'compare_with=RIVAL&sort_by=change&by=day',
]

function places(path: string): string[] {
  const { all, rival, soup, soupByDay } = scene.reports
  const reports = path.includes('{report_id}') ? [all, rival, soup, soupByDay] : ['']
  const stores = path.includes('{store_id}') ? ['soup-1', 'zz-rival-1'] : ['']
  return reports.flatMap((report) =>
    stores.map((store) =>
      path
        .replace('{report_id}', report)
        .replace('{store_id}', store)
        .replace('{import_id}', '1')
        .replace('{correction_id}', String(scene.corrections.rival))
        .replace('{name}', 'x'),
    ),
  )
}

describe('a route tells a key of a group nothing of other stores', () => {
  test.for(routes.filter(({ method }) => method === 'get').map((route) => [route.id, route] as const))(
    '%s',
    async ([, { paths, keepsBy, needs }]) => {
      const found: unknown[] = []
      for (const path of paths.flatMap(places)) {
        for (const query of queries) {
          const { rival, soup } = scene.reports
          const asked = `${path}?${query.replace('RIVAL', rival).replace('SOUP', soup)}&${time}`
          const { status, text } = await ask('GET', asked)
          const told = secretsIn(text, decodeURIComponent(asked))
          if (told.length > 0 || status >= 500) found.push([asked, status, told, text.slice(0, 500)])
          if (keepsBy === undefined && needs !== 'public' && status !== 403) found.push([asked, status])
        }
      }
      expect(found).toEqual([])
    },
  )
})

describe('what is of another group is as unknown as what there never was', () => {
  const changes: readonly (readonly [method: string, path: string, body?: object])[] = [
    ['GET', '/stores/ID'],
    ['GET', '/stores/ID/uptime'],
    ['GET', '/stores/ID/timeline'],
    ['GET', '/stores/ID/history?by=day&since=2023-01-23&until=2023-01-24'],
    ['GET', '/outages?store_id=ID&since=2023-01-23&until=2023-01-24'],
    ['GET', '/polls?store_id=ID'],
    ['GET', '/polls?store_id=ID&format=csv'],
    ['GET', '/corrections?store_id=ID'],
    ['GET', '/events?store_id=ID'],
    ['PUT', '/stores/ID/timezone', { timezone: 'UTC' }],
    ['PUT', '/stores/ID/business-hours', { spans: [{ day: 0, start: '09:00', end: '17:00' }] }],
    ['PUT', '/stores/ID/special-hours', { days: [{ date: '2023-01-24', spans: [] }] }],
    ['PUT', '/stores/ID/details', { name: 'Mine' }],
    ['DELETE', '/stores/ID?reason=r'],
    ['DELETE', '/stores/ID?reason=r&confirm=40'],
    ['DELETE', '/polls?store_id=ID&reason=r&from=2020-01-01T00:00Z&to=2030-01-01T00:00Z&confirm=40'],
    [
      'POST',
      '/corrections',
      { storeId: 'ID', from: '2023-01-23T05:00Z', to: '2023-01-23T06:00Z', kind: 'closed', reason: 'r' },
    ],
  ]

  test.for(changes)('%s %s', async ([method, path, body]) => {
    const of = async (id: string) => {
      const sent =
        body === undefined ? undefined : (JSON.parse(JSON.stringify(body).replace('ID', id)) as object)
      const { status, text } = await ask(method, path.replace('ID', id), sent)
      return { status, text: text.replaceAll(id, 'ID') }
    }
    const ofOther = await of('zz-rival-1')
    expect(ofOther).toEqual(await of('zz-nowhere'))
    expect(ofOther.status).toBe(404)
  })

  test('a report', async () => {
    const { all, rival } = scene.reports
    const nowhere = '00000000-0000-4000-8000-000000000000'
    for (const path of ['/reports/ID', '/reports/ID.csv', '/reports/ID/rows', '/reports/ID/events']) {
      const of = async (id: string) => {
        const { status, text } = await ask('GET', path.replace('ID', id))
        return { status, text: text.replaceAll(id, 'ID') }
      }
      expect(await of(all)).toEqual(await of(nowhere))
      expect(await of(rival)).toEqual(await of(nowhere))
      expect((await of(rival)).status).toBe(404)
    }
    expect((await ask('DELETE', `/reports/${rival}`)).status).toBe(404)
    const compared = `/reports/${scene.reports.soup}/rows?compare_with=${rival}`
    expect((await ask('GET', compared)).status).toBe(404)
    for (const body of [{ report_id: rival }, { report_id: rival, reportId: scene.reports.soup }]) {
      expect((await ask('POST', '/get_report', body)).status).toBe(404)
      expect((await ask('POST', '/csv/get_report', body)).status).toBe(404)
    }
  })

  test('a correction, which stays', async () => {
    const { rival } = scene.corrections
    expect(await ask('DELETE', `/corrections/${rival}`)).toMatchObject({ status: 404 })
    const admin = createStoreMonitorClient({ url: scene.server.url, key: scene.admin })
    const { items } = await admin.correction.list.query({ storeId: 'zz-rival-1' })
    expect(items).toMatchObject([{ correctionId: rival, revokedAt: null }])
  })
})

describe('what cannot be kept to a group is refused, with the reason', () => {
  test.for([
    ['GET', '/imports'],
    ['POST', '/imports'],
    ['GET', '/changes'],
    ['GET', '/check'],
    ['GET', '/sources'],
    ['GET', '/polls/pushed'],
    ['DELETE', '/polls?all=true&reason=r&from=2020-01-01T00:00Z&to=2030-01-01T00:00Z'],
  ] as const)('%s %s', async ([method, path]) => {
    const { status, text } = await ask(method, path)
    expect({ status, text }).toEqual({
      status: 403,
      text: expect.stringMatching(/the key \\"soup\\" is for the stores of chain=Soup/) as string,
    })
  })

  test('and so is a change of labels, which say whose stores are whose', async () => {
    const { status, text } = await ask('PUT', '/stores/soup-1/details', { labels: { chain: 'Geheim' } })
    expect(status).toBe(403)
    expect(text).toContain('labels: the key')
    const named = await ask('PUT', '/stores/soup-1/details', { name: 'First', labels: {} })
    expect(named).toMatchObject({ status: 200, text: expect.stringContaining('First') as string })
  })
})

/**
 * Inputs that are different ones to a procedure: of what it takes, all, also with what `may` be asked for in fields that it does not take;
 * and of those, which it leaves alone or refuses, each value once.
 */
function distinctFor(
  procedure: AnyTRPCProcedure,
  inputs: readonly Readonly<Record<string, unknown>>[],
  may: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>>[] {
  const [parser] = procedure['_def']['inputs'] as unknown as readonly z.ZodType[]
  const schema = parser && z.toJSONSchema(parser, { io: 'input', unrepresentable: 'any' })
  const taken = new Set(Object.keys(schema?.properties ?? {}))
  if (parser !== undefined && taken.size === 0) return [...inputs]
  const pieces = inputs.flatMap((input) => {
    const [own, others] = [true, false].map((isOwn) =>
      Object.entries(input).filter(([name, value]) => taken.has(name) === isOwn && value !== undefined),
    )
    const beside = Object.entries(may).filter(([name]) => !taken.has(name))
    return [own!, [...own!, ...beside], ...others!.map((field) => [field])]
  })
  const texts = new Set(pieces.map((fields) => JSON.stringify(Object.fromEntries(fields))))
  return Array.from(texts, (text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
}

test('procedures are kept to a group as routes are', async () => {
  const { all, rival, soup: own, soupByDay } = scene.reports
  const days = { since: '2023-01-20', until: '2023-01-26' }
  const periods = { by: 'day', from: '2023-01-23', to: '2023-01-24' }
  const stores = ['soup-1', 'zz-rival-1', undefined]
  const labels = [undefined, ['chain=Geheim'], 'hidden_label=x']
  const fields: readonly Readonly<Record<string, unknown>>[] = [
    {},
    days,
    { by: 'hidden_label' },
    { by: 'hidden_label', ...days },
    { by: 'day', ...days },
    { by: 'nothing' },
    periods,
    { text: 'rival' },
    { limit: 1000 },
    { search: 'rival' },
  ]
  const found: unknown[] = []
  const answered = new Set<string>()
  for (const [path, procedure] of Object.entries(await loadProcedures())) {
    const { keepsBy } = procedure['_def'].meta as ProcedureMeta
    if (procedure['_def'].type !== 'query') continue
    const named = [all, rival, own, soupByDay, undefined].flatMap((reportId) =>
      stores.flatMap((storeId) => labels.map((label) => ({ reportId, storeId, labels: label }))),
    )
    // What is refused is refused before what is asked for is looked at.
    const asked =
      keepsBy === undefined ? [{}] : [...named, { storeIds: ['zz-rival-1'] }, { storeIds: ['soup-1'] }]
    const inputs = asked.flatMap((one) => fields.map((other) => ({ ...other, ...one })))
    for (const input of distinctFor(procedure, inputs, { reportId: own, storeId: 'soup-1' })) {
      const query = JSON.stringify(input)
      const { status, text } = await ask('GET', `/trpc/${path}?input=${encodeURIComponent(query)}`)
      const told = secretsIn(text, query)
      if (told.length > 0 || status >= 500) found.push([path, query, status, told, text.slice(0, 400)])
      if (keepsBy === undefined && status !== 403) found.push([path, query, status])
      if (status === 200) answered.add(path)
    }
  }
  expect(found).toEqual([])
  const kept = Object.entries(await loadProcedures()).filter(
    ([, { _def }]) => _def.type === 'query' && (_def.meta as ProcedureMeta).keepsBy !== undefined,
  )
  expect(kept.map(([path]) => path).filter((path) => !answered.has(path))).toEqual([])
}, 180_000)

test('procedures that change something leave the stores of others as they are', async () => {
  const { rival } = scene.reports
  const storeId = 'zz-rival-1'
  const unknown = { code: 'not-found' }
  const range = { from: '2020-01-01T00:00Z', to: '2030-01-01T00:00Z', reason: 'r' }
  await expect(soup.report.cancel.mutate({ reportId: rival })).rejects.toMatchObject(unknown)
  await expect(soup.report.delete.mutate({ reportId: rival })).rejects.toMatchObject(unknown)
  await expect(soup.store.setDetails.mutate({ storeId, name: 'x' })).rejects.toMatchObject(unknown)
  await expect(soup.store.setTimezone.mutate({ storeId, timezone: 'UTC' })).rejects.toMatchObject(unknown)
  await expect(soup.store.delete.mutate({ storeId, reason: 'r' })).rejects.toMatchObject(unknown)
  await expect(soup.poll.delete.mutate({ storeId, ...range })).rejects.toMatchObject(unknown)
  await expect(soup.poll.delete.mutate({ all: true, ...range })).rejects.toMatchObject({ code: 'forbidden' })
  expect(await soup.poll.delete.mutate({ labels: 'chain=Geheim', ...range })).toMatchObject({ polls: 0 })
  expect(await soup.poll.delete.mutate({ labels: 'chain=Soup', ...range })).toMatchObject({ polls: 80 })
  await expect(soup.key.list.query({})).rejects.toMatchObject({ code: 'forbidden' })
  await expect(soup.source.list.query()).rejects.toMatchObject({ code: 'forbidden' })
})

test('lists, reports, outages and who is down are of its stores', async () => {
  expect((await soup.store.list.query({})).items.map(({ storeId }) => storeId)).toEqual(['soup-1', 'soup-2'])
  const { items, counts } = await soup.store.down.query({})
  expect(items.map(({ storeId }) => storeId)).toEqual(['soup-2'])
  expect(counts).toMatchObject({ up: 1, down: 1, unknown: 0 })
  const reports = await soup.report.list.query({})
  expect(reports.items.map(({ reportId }) => reportId)).toEqual([scene.reports.soupByDay, scene.reports.soup])
  const requested = await soup.report.trigger.mutate({ labels: ['city=Bonn'] })
  expect(requested.labels).toEqual(['chain=Soup', 'city=Bonn'])
  const { items: rows } = await soup.report.rows.query({ reportId: scene.reports.soup })
  expect(rows.map(({ storeId }) => storeId).sort()).toEqual(['soup-1', 'soup-2'])
  const summary = await soup.report.summary.query({ reportId: scene.reports.soup })
  expect(summary).toMatchObject({ stores: 2, labels: ['chain'] })
  const outages = await soup.outage.list.query({ since: '2023-01-23', until: '2023-01-26' })
  expect(new Set(outages.items.map(({ storeId }) => storeId))).toEqual(new Set(['soup-2']))
  expect((await soup.correction.list.query({})).items.map(({ storeId }) => storeId)).toEqual(['soup-2'])
  expect(await soup.store.suggest.query({ text: 'zz-riv' })).toEqual([])
  const polls = await soup.poll.list.query({ limit: 1000 })
  expect(new Set(polls.items.map(({ storeId }) => storeId))).toEqual(new Set(['soup-1', 'soup-2']))
})

describe('polls that are pushed', () => {
  const at = '2023-01-24T20:00:00Z'
  const pushed = async (body: string, type: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${scene.server.url}/polls`, {
      method: 'POST',
      headers: { ...bearing(scene.soup), 'content-type': type, ...headers },
      body,
    })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }
  const reason = (storeId: string) => `store_id "${storeId}" is none of a store whose polls this key may push`
  const rejected = {
    accepted: 1,
    rejected: 2,
    rejections: [
      { row: 2, reason: reason('zz-rival-1') },
      { row: 3, reason: reason('zz-new') },
    ],
  }
  const stores = ['soup-1', 'zz-rival-1', 'zz-new']

  test.for([
    [
      'application/json',
      JSON.stringify(stores.map((storeId) => ({ storeId, status: 'active', timestampUtc: at }))),
    ],
    [
      'application/x-ndjson',
      stores.map((store_id) => JSON.stringify({ store_id, status: 'active', timestamp_utc: at })).join('\n'),
    ],
  ] as const)('as %s are rejected where they are of others, known or not', async ([type, body]) => {
    expect(await pushed(body, type)).toMatchObject({ status: 200, json: rejected })
  })

  test('as text/csv, too', async () => {
    const body = `store_id,status,timestamp_utc\n${stores.map((id) => `${id},active,${at}`).join('\n')}\n`
    const rows = [3, 4].map((row, i) => ({ ...rejected.rejections[i], row }))
    expect(await pushed(body, 'text/csv')).toMatchObject({
      status: 200,
      json: { ...rejected, rejections: rows },
    })
    const admin = createStoreMonitorClient({ url: scene.server.url, key: scene.admin })
    const { items } = await admin.store.list.query({ search: 'zz' })
    expect(items.map(({ storeId }) => storeId)).toEqual(['zz-rival-1', 'zz-rival-2', 'zz-rival-3'])
    const { items: polls } = await admin.poll.list.query({ storeId: 'zz-rival-1', from: at })
    expect(polls).toEqual([])
  })

  test('by tRPC, too', async () => {
    const polls = stores.map((storeId) => ({ storeId, status: 'active', timestampUtc: at }))
    expect(await soup.poll.ingest.mutate({ polls })).toMatchObject(rejected)
    await expect(soup.poll.ingest.mutate({ polls: polls.slice(1) })).rejects.toMatchObject({
      code: 'rejected',
    })
  })

  test('have keys of their own, which tell nothing of those of others', async () => {
    const body = `[{"storeId":"soup-1","status":"active","timestampUtc":"${at}"}]`
    const other = `[{"storeId":"zz-rival-1","status":"active","timestampUtc":"2023-01-24T21:00:00Z"}]`
    const key = { 'idempotency-key': 'batch-1' }
    await fetch(`${scene.server.url}/polls`, {
      method: 'POST',
      headers: { ...bearing(scene.admin), ...key },
      body: other,
    })
    expect(await pushed(body, 'application/json', key)).toMatchObject({ status: 200, json: { accepted: 1 } })
    expect(await pushed(other, 'application/json', key)).toMatchObject({ status: 409 })
  })
})

test('requests for reports have keys of their own, too', async () => {
  const request = async (token: string) => {
    const response = await fetch(`${scene.server.url}/trigger_report`, {
      method: 'POST',
      headers: { ...bearing(token), 'idempotency-key': 'nightly' },
      body: '{"labels":"chain=Soup"}',
    })
    return ((await response.json()) as Record<string, unknown>)['report_id']
  }
  const ofAdmin = await request(scene.admin)
  expect(await request(scene.admin)).toBe(ofAdmin)
  expect(await request(scene.soup)).not.toBe(ofAdmin)
  const byGet = async (token: string) => {
    const response = await fetch(`${scene.server.url}/trigger_report?reach=2h`, { headers: bearing(token) })
    return ((await response.json()) as Record<string, unknown>)['report_id']
  }
  expect(await byGet(scene.soup)).not.toBe(await byGet(scene.soupViewer))
})

test('events and news are of its stores', async () => {
  const stop = new AbortController()
  const changes = soup.watchStores({ signal: stop.signal })
  expect((await changes.next()).value).toMatchObject({ changes: [] })
  const admin = createStoreMonitorClient({ url: scene.server.url, key: scene.admin })
  const at = '2023-01-25T00:00:00Z'
  const down = ['zz-rival-1', 'soup-1'].map((storeId) => ({
    storeId,
    status: 'inactive' as const,
    timestampUtc: at,
  }))
  await admin.polls.push(down)
  expect((await changes.next()).value).toMatchObject({ changes: [{ storeId: 'soup-1', to: 'down' }] })
  stop.abort()
  const response = await fetch(`${scene.server.url}/news`, { headers: bearing(scene.soup) })
  const reader = response.body!.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  expect(JSON.parse(/data: (.*)/.exec(Buffer.from(value).toString())![1]!)).toMatchObject({
    latestPoll: at,
    lastImport: null,
    lastChange: null,
    lastReport: null,
  })
  expect(await soup.health.query()).toMatchObject({ database: { polls: null } })
})

test('a store that moves to another group is of that one from then on', async () => {
  const admin = createStoreMonitorClient({ url: scene.server.url, key: scene.admin })
  await admin.store.setDetails.mutate({ storeId: 'soup-9', labels: { chain: 'Soup' } })
  expect(await soup.store.get.query({ storeId: 'soup-9' })).toMatchObject({ storeId: 'soup-9' })
  const body = 'store_id,name,chain\nsoup-9,Nine,Elsewhere\n'
  await fetch(`${scene.server.url}/imports?source=a.csv`, {
    method: 'POST',
    headers: bearing(scene.admin),
    body,
  })
  await expect(soup.store.get.query({ storeId: 'soup-9' })).rejects.toMatchObject({ code: 'not-found' })
})
