import { globSync, readFileSync } from 'node:fs'
import { posix, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

const core = ['server/uptime/', 'server/database/', 'shared/', 'node:']

/**
 * What the files of a folder may import: folders, files and packages. The first line that fits a file counts.
 * `./` is the file's own folder; `type` allows no more than `import type`.
 */
const mayImport: readonly (readonly [files: string, imports: readonly string[]])[] = [
  ['shared/', ['shared/', 'zod']],
  ['migrations/', ['migrations/', 'kysely', 'node:zlib']],
  ['server/uptime/', ['server/uptime/', 'temporal-polyfill', 'node:module']],
  ['server/incidents/', ['server/incidents/', 'server/uptime/', 'shared/']],
  ['server/database/dialect/sqlite/', [...core, 'migrations/', 'kysely', 'better-sqlite3']],
  ['server/database/dialect/postgres/', [...core, 'migrations/', 'kysely', 'pg', 'pg-copy-streams']],
  ['server/database/', [...core, 'migrations/', 'kysely']],
  [
    'server/ingest/csv/',
    ['shared/', 'server/ingest/csv/', 'server/ingest/stop.ts', 'server/limits/', 'node:'],
  ],
  [
    'server/ingest/rows/',
    [
      ...core,
      'server/ingest/rows/',
      'server/ingest/csv/',
      'server/ingest/stop.ts',
      'server/limits/',
      'server/background-thread.ts',
    ],
  ],
  ['server/limits/', ['server/limits/', 'shared/', 'node:', 'zod', 'rate-limiter-flexible']],
  ['server/outgoing/', ['server/outgoing/', 'node:']],
  ['server/tracing/', ['server/tracing/', 'shared/', 'node:']],
  [
    'server/ingest/',
    [
      ...core,
      'server/ingest/',
      'server/tracing/',
      'server/background-thread.ts',
      'server/repeatedly.ts',
      'server/named-settings.ts',
      'server/limits/',
      'server/outgoing/',
      'server/config-file/secrets.ts',
      'type server/config-file/',
      'croner',
      'jsonpath-rfc9535',
    ],
  ],
  [
    'server/alerts/',
    [
      ...core,
      'server/alerts/',
      'server/incidents/business-clock.ts',
      'server/reports/open-hours.ts',
      'server/outgoing/',
      'server/limits/trusted-proxies.ts',
      'server/config-file/given.ts',
      'server/config-file/secrets.ts',
      'type server/config-file/',
      'type server/observe/',
      'server/named-settings.ts',
      'server/repeatedly.ts',
      'zod',
      'nodemailer',
    ],
  ],
  [
    'server/digests/',
    [
      ...core,
      'server/digests/',
      'server/alerts/',
      'server/insight/',
      'type server/reports/',
      'type server/config-file/',
      'server/named-settings.ts',
      'server/repeatedly.ts',
    ],
  ],
  [
    'server/observe/',
    [
      ...core,
      'server/observe/',
      'server/tracing/',
      'server/access/',
      'server/outgoing/',
      'server/alerts/channels/',
      'server/config-file/secrets.ts',
      'type server/config-file/',
      'server/repeatedly.ts',
      'type server/ingest/',
      'type server/reports/',
      'pino',
      '@prometheus-io/client',
      '@opentelemetry/',
    ],
  ],
  ['server/jobs/', ['server/jobs/', 'shared/', 'node:']],
  [
    'server/reports/',
    [
      ...core,
      'server/reports/',
      'server/jobs/',
      'server/limits/',
      'server/tracing/',
      'server/background-thread.ts',
      'server/repeatedly.ts',
      'piscina',
      'csv-stringify',
      'yazl',
    ],
  ],
  [
    'server/export/',
    [...core, 'server/export/', 'server/reports/', 'server/tracing/', 'hyparquet-writer', 'piscina'],
  ],
  ['server/insight/', [...core, 'server/insight/', 'server/incidents/', 'server/reports/']],
  [
    'server/ledger/',
    [
      ...core,
      'server/ledger/',
      'server/alerts/',
      'server/incidents/',
      'server/insight/',
      'server/reports/',
      'server/repeatedly.ts',
      'type server/config-file/',
    ],
  ],
  ['server/live/', [...core, 'server/live/', 'server/reports/', 'server/limits/', 'server/lookout.ts']],
  [
    'server/access/oidc/',
    [
      'server/access/',
      ...core,
      'server/outgoing/',
      'server/config-file/secrets.ts',
      'type server/config-file/',
      'openid-client',
    ],
  ],
  ['server/access/', ['server/access/', ...core]],
  ['server/retention/', ['server/retention/', 'server/tracing/', ...core, 'server/background-thread.ts']],
  [
    'server/api/',
    [
      ...core,
      'server/api/',
      'server/access/',
      'type server/alerts/',
      'type server/digests/',
      'server/named-settings.ts',
      'server/news-watch.ts',
      'server/import-watch.ts',
      'server/repeatedly.ts',
      'server/limits/',
      'type server/observe/',
      'server/retention/',
      'server/tracing/',
      'server/reports/',
      'server/insight/',
      'server/live/',
      'server/ingest/',
      'server/export/',
      'hono',
      '@hono/node-server',
      '@trpc/server',
      'zod',
      'zod-openapi',
    ],
  ],
  [
    'server/config-file/',
    [
      'server/config-file/',
      'server/alerts/channels/',
      'server/config.ts',
      'server/limits/setting.ts',
      'shared/',
      'node:',
      'zod',
      'yaml',
      'croner',
      'jsonpath-rfc9535',
    ],
  ],
  ['server/', ['server/', 'shared/', 'node:', 'type hono', '@hono/node-server', 'zod']],
  [
    'client/cli/',
    [
      'client/',
      'shared/',
      'server/service.ts',
      'server/config.ts',
      'server/config-file/',
      'server/serve.ts',
      'server/observe/log.ts',
      'server/observe/doctor/',
      'server/setting-origins.ts',
      'server/ingest/importing/find-files.ts',
      'server/ingest/importing/import-each.ts',
      'server/ingest/importing/import-here.ts',
      'server/database/backup.ts',
      'server/database/cluster.ts',
      'node:',
      '@trpc/client',
      'commander',
      '@bomb.sh/tab/commander',
      'cli-progress',
    ],
  ],
  [
    'client/web/',
    [
      'client/web/',
      'shared/',
      'client/transfer.ts',
      'client/errors.ts',
      'type server/api/router.ts',
      'type server/access/permissions.ts',
      'type @trpc/server',
      'react',
      'react-dom',
      'wouter',
      '@tanstack/react-query',
      '@trpc/client',
      '@trpc/tanstack-react-query',
      'yaml',
    ],
  ],
  ['client/', ['./', 'shared/', 'type server/', '@trpc/client', 'eventsource']],
]

/** The files that may read the clock and the environment; all others are told. */
const shells = /^client\/(?:cli\/main|web\/clock)\.ts$|-worker\.ts$/

interface Import {
  readonly file: string
  readonly from: string
  readonly typeOnly: boolean
}

function importsOf(file: string, source: string): Import[] {
  const statements = source.matchAll(/^(?:import|export)\b(\s+type\b)?(?:[^'"();=]*?\bfrom)?\s*'([^']+)'/gm)
  const calls = source.matchAll(/\bimport\(()\s*'([^']+)'/g)
  return [...statements, ...calls].map(([, type, specifier = '']) => ({
    file,
    from: specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier,
    typeOnly: Boolean(type),
  }))
}

function isAllowed(one: Import, allowed: string): boolean {
  if (allowed.startsWith('type ')) return one.typeOnly && isAllowed(one, allowed.slice(5))
  if (allowed === './') return posix.dirname(one.from) === posix.dirname(one.file)
  if (/[/:]$/.test(allowed)) return one.from.startsWith(allowed)
  return one.from === allowed || one.from.startsWith(`${allowed}/`)
}

/** What breaks the rules in a file, in words; nothing where all is well. */
function violations(file: string, source: string): string[] {
  const rule = mayImport.find(([files]) => file.startsWith(files))
  const imports = importsOf(file, source)
    .filter((one) => !rule?.[1].some((allowed) => isAllowed(one, allowed)))
    .map(({ from }) => `${file} imports ${from}`)
  const forbidden = /^server\/(?:uptime|incidents)\//.test(file)
    ? /\bDate\.now\b|\bnew Date\(|\bTemporal\.Now\b|\bprocess\./g
    : /\bDate\.now\b|\bnew Date\(\)|\bTemporal\.Now\b|\bprocess\.env\b/g
  const reads = shells.test(file)
    ? []
    : [...source.matchAll(forbidden)].map(([what]) => `${file} uses ${what}`)
  return [...imports, ...reads]
}

test('every import goes in an allowed direction, and only the shells read the clock or the environment', () => {
  const files = globSync('{shared,migrations,server,client}/**/*.{ts,tsx}').map((file) =>
    file.replaceAll(sep, '/'),
  )
  expect(files).toContain('server/uptime/tally.ts')
  expect(files.flatMap((file) => violations(file, readFileSync(file, 'utf8')))).toEqual([])
})

/** Whether a module waits for something while it is loaded: outside all functions. */
function waits(source: string): boolean {
  const statements = source.split(/\n(?=\S)/)
  return statements.some((statement) =>
    /^(?:await\b|(?:export )?(?:const|let)\b(?:(?!=>|\b(?:function|async)\b)[\s\S])*?\bawait\b)/.test(
      statement,
    ),
  )
}

test('no module waits while it is loaded: a thread that is ended meanwhile would end the process', () => {
  expect(waits("const a =\n  (global as { a?: A }).a ?? (await import('a')).a\n")).toBe(true)
  const files = globSync('{shared,migrations,server}/**/*.ts')
  expect(files.filter((file) => waits(readFileSync(file, 'utf8')))).toEqual([])
})

/** Which packages a file needs at run time, also by way of what it imports of the client's and the shared files. */
function packagesNeededBy(file: string, seen = new Set<string>()): Set<string> {
  seen.add(file)
  const imports = importsOf(file, readFileSync(file, 'utf8')).filter(({ typeOnly }) => !typeOnly)
  const needed = imports.flatMap(({ from }) => {
    if (!from.endsWith('.ts')) return from
    const isWalked = ['client/', 'shared/'].some((folder) => from.startsWith(folder))
    return isWalked && !seen.has(from) ? [...packagesNeededBy(from, seen)] : []
  })
  return new Set(needed)
}

test('what the client shares with the server is free of Zod at run time', () => {
  const files = globSync('client/**/*.{ts,tsx}').map((file) => file.replaceAll(sep, '/'))
  expect(packagesNeededBy('server/api/rest/schemas.ts')).toContain('zod')
  expect(files.filter((file) => packagesNeededBy(file).has('zod'))).toEqual([])
})

describe('the check finds', () => {
  test.each([
    ['shared/ids.ts', `import { x } from '../server/config.ts'`],
    ['shared/ids.ts', `import { readFileSync } from 'node:fs'`],
    ['server/uptime/tally.ts', `import { x } from '../database/connect.ts'`],
    ['server/uptime/tally.ts', `const day = new Date(0)`],
    ['server/database/reports.ts', `import Database from 'better-sqlite3'`],
    ['server/database/reports.ts', `import { x } from '../reports/runner.ts'`],
    ['server/ingest/import.ts', `import {\n  type Kysely,\n} from 'kysely'`],
    ['server/reports/runner.ts', `export { x } from '../api/router.ts'`],
    ['server/jobs/queue.ts', `import { x } from '../reports/runner.ts'`],
    ['server/reports/runner.ts', `const startedAt = Date.now()`],
    ['server/api/http.ts', `import '../service.ts'`],
    ['server/config.ts', `const url = process.env.DATABASE_URL`],
    ['client/index.ts', `import { appRouter } from '../server/api/router.ts'`],
    ['client/index.ts', `import { main } from './cli/main.ts'`],
    ['client/cli/report.ts', `const { x } = await import('../../server/database/connect.ts')`],
    ['migrations/001-first.ts', `import type { Db } from '../server/database/connect.ts'`],
    ['elsewhere/a.ts', `import { x } from './b.ts'`],
  ])('in %s: %s', (file, source) => {
    expect(violations(file, source)).toHaveLength(1)
  })

  test.each([
    ['client/index.ts', `import type { AppRouter } from '../server/api/router.ts'`],
    ['client/index.ts', `import { runReport } from './run-report.ts'`],
    ['server/database/dialect/sqlite/open.ts', `import Database from 'better-sqlite3'`],
    ['server/service.ts', `import { x } from './reports/runner.ts'`],
    ['client/cli/main.ts', `const now = Date.now`],
    ['migrations/index.ts', `import type { Migration } from 'kysely/migration'`],
  ])('nothing in %s: %s', (file, source) => {
    expect(violations(file, source)).toEqual([])
  })
})
