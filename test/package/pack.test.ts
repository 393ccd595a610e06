import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundledPackages } from '../../build/bundle.ts'
import type { ApiParts } from '../../server/api/api-parts.ts'
import { createHttpApp } from '../../server/api/http-app.ts'
import { usualLimits } from '../../server/limits/setting.ts'
import { fieldsOf, hoverOver, languageServiceOf, typesOfProcedures } from '../support/hovers.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

const root = join(import.meta.dirname, '../..')
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  dependencies: Record<string, string>
}
const launcher = join(root, 'client/cli/store-monitor.js')
const tool = (name: string) => join(root, 'node_modules/.bin', name)
const run = promisify(execFile)

/** What a user of the package would write; it must not compile against types that are lost or `any`. */
const userProgram = `
import { createStoreMonitorClient } from 'store-monitor'

const client = createStoreMonitorClient({ url: process.argv[2]! })
const health = await client.health.query()
const requested = await client.report.trigger.mutate({ interpolation: 'previous', reach: '6h' })
const states: string[] = []
let reportId = ''
for await (const report of client.runReport({})) {
  states.push(report.state)
  reportId = report.reportId
}
const stores = await client.store.list.query({ limit: 10 })
const rows = await client.report.rows.query({ reportId, sortBy: 'downtimeLastWeekMs', order: 'descending' })
const worst = rows.items[0]!
const downtimeMs: number = worst.downtimeLastWeekMs
console.log(JSON.stringify({ health, requested: requested.state, lastState: states.at(-1),
  stores: stores.items.length, rows: rows.items.length, worst: worst.storeId, downtimeMs }))

export function wrong(): void {
  // @ts-expect-error no such interpolation
  void client.report.trigger.mutate({ interpolation: 'sometimes' })
  // @ts-expect-error a number, not a text
  const text: string = worst.downtimeLastWeekMs
  // @ts-expect-error no such procedure
  void client.report.frobnicate
  console.log(text)
}
`

const compilerOptions = {
  target: 'es2024',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  types: ['node'],
}

/** What the program says of the example chain. */
const saidOfChain = {
  lastState: 'complete',
  stores: 10,
  rows: 42,
  worst: 'detroit-greektown-01',
  downtimeMs: 76 * 3_600_000,
}

const parts = new AsyncDisposableStack()
let folder: TemporaryFolder
/** Where the packed package is; packing builds it, and the client's package with it. */
let tarball: string
beforeAll(async () => {
  folder = parts.use(await temporaryFolder())
  tarball = await packInto(folder.path)
}, 300_000)
afterAll(() => parts.disposeAsync())

test('the packed package installs, its types compile in a strict project, and its client talks to its server', async () => {
  await run(tool('publint'), [tarball, '--strict'])

  const project = folder.file('project')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
  await writeFile(join(project, 'program.ts'), userProgram)
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, '@types/node@26'], {
    cwd: project,
  })
  await run(tool('tsc'), ['-p', project])
  // Those of the start of a command are in the bundle.
  const imported = packagesImportedBy(join(project, 'node_modules/store-monitor/dist'))
  expect(imported).toEqual(expect.arrayContaining(['better-sqlite3', 'hono', 'pg', 'piscina']))
  expect(imported.filter((name) => !(name in dependencies))).toEqual([])
  expect(imported.filter((name) => bundledPackages.includes(name))).toEqual([])

  const command = join(project, 'node_modules/.bin/store-monitor')
  const { npm_command: _, ...env } = process.env
  const demo = await run(command, ['demo'], { cwd: folder.path, env })
  expect(demo.stderr).toContain('\n  store-monitor serve --database demo/store-monitor.db\n')
  const database = folder.file('demo/store-monitor.db')
  await using server = await served(command, database)
  const ofSource = await createHttpApp({ version, limits: usualLimits } as ApiParts).request('/openapi.json')
  expect(await (await fetch(`${server.url}/openapi.json`)).json()).toEqual(await ofSource.json())
  const { stdout } = await run(process.execPath, ['program.ts', server.url], { cwd: project })
  expect(JSON.parse(stdout)).toMatchObject(saidOfChain)
  const threads = globSync('server/**/*-worker.ts', { cwd: root }).map(
    (path) => `${basename(path, '.ts')}.js`,
  )
  expect(readdirSync(join(project, 'node_modules/store-monitor/dist'))).toEqual(
    expect.arrayContaining(threads),
  )
  const pushed = await fetch(`${server.url}/polls`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: '{"store_id":"pushed","status":"active","timestamp_utc":"2023-01-24T10:00:00Z"}\n',
  })
  expect(await pushed.json()).toMatchObject({ changed: 1 })
  const manPage = readFileSync(join(project, 'node_modules/store-monitor/dist/store-monitor.1'), 'utf8')
  for (const heading of ['.SH "NAME"', '.SS "report [options]"', '.SH "EXIT STATUS"'])
    expect(manPage).toContain(`${heading}\n`)
  const page = await (await fetch(server.url, { headers: { accept: 'text/html' } })).text()
  const [, script = ''] = /<script [^>]*src="([^"]*)"/.exec(page)!
  expect((await fetch(server.url + script)).headers.get('content-type')).toMatch(/^text\/javascript/)
}, 300_000)

test("the client's own package is one of less than a megabyte, has its types in it, and runs on the oldest Node.js that it names", async () => {
  const project = folder.file('light')
  await mkdir(project)
  await run('npm', ['pack', join(root, 'dist/client-package'), '--pack-destination', folder.path])
  const packed = folder.file(`store-monitor-client-${version}.tgz`)
  await run(tool('publint'), [packed, '--strict'])
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', packed], { cwd: project })
  const installed = await readdir(join(project, 'node_modules'), { withFileTypes: true, recursive: true })
  const files = installed.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  expect(new Set(installed.filter((entry) => entry.isDirectory()).map(({ name }) => name))).toEqual(
    new Set(['store-monitor-client']),
  )
  expect(files.reduce((bytes, file) => bytes + statSync(file).size, 0)).toBeLessThan(1_000_000)

  const typeRoots = [join(root, 'node_modules/@types')]
  const compiled = { ...compilerOptions, noEmit: false, typeRoots }
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: compiled, files: ['program.ts'] }),
  )
  const program = userProgram.replace("'store-monitor'", "'store-monitor-client'")
  await writeFile(join(project, 'program.ts'), program)
  await run(tool('tsc'), ['-p', project])
  const database = folder.file('light.db')
  await run(launcher, ['import', join(root, 'examples/chain'), '--database', database])
  await using server = await served(launcher, database)
  const { stdout } = await run(oldNode(), ['program.js', server.url], { cwd: project })
  expect(JSON.parse(stdout)).toMatchObject(saidOfChain)
}, 300_000)

test.each([
  ['project', 'store-monitor'],
  ['light', 'store-monitor-client'],
])('in %s, an editor shows what every field of every input and output of %s means', async (project, name) => {
  const file = folder.file(`${project}/types.ts`)
  await writeFile(file, await typesOfProcedures(name))
  const service = languageServiceOf(file)
  expect(service.getSemanticDiagnostics(file)).toEqual([])
  const fields = fieldsOf(service, file)
  expect(fields.get('report_rows_output.items[].downtimeLastWeekMs')).toMatch(/^Downtime in the last week/)
  expect(fields.get('report_progress_output.progress.storesDone')).toBe('Stores whose result is stored')
  expect(fields.size).toBeGreaterThan(900)
  expect([...fields].filter(([, text]) => text === '').map(([field]) => field)).toEqual([])
  expect(hoverOver(service, file, 'zoneDataVersion')).toMatch(/^The version of the time zone database/)
  expect(hoverOver(service, file, 'reach;')).toMatch(/^How far from a poll its status still counts/)
  expect(hoverOver(service, file, 'start\n')).toBe('Local time, HH:MM:SS')
})

test('with what is made for tRPC, the types of the client’s own package are those of the tRPC that is installed', async () => {
  const project = folder.file('light')
  for (const name of ['@trpc', '@tanstack', 'react', 'csstype', '@types']) {
    await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name), 'junction')
  }
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [, program = ''] = /^```tsx\n(.*?)^```$/ms.exec(readme)!
  await writeFile(join(project, 'app.tsx'), program)
  const options = { ...compilerOptions, jsx: 'react-jsx', skipLibCheck: true }
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['app.tsx'] }),
  )
  const said = await run(tool('tsc'), ['-p', project]).catch((error: unknown) => error)
  expect(said).toMatchObject({ stdout: '' })
})

/** The machine's own Node.js where it is older than the one that the server needs, as on CI; otherwise this one. */
function oldNode(): string {
  const candidates = ['/usr/bin/node', '/usr/local/bin/node'].filter((path) => existsSync(path))
  const majorOf = (path: string) =>
    Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1])
  return candidates.find((path) => majorOf(path) >= 20 && majorOf(path) < 24) ?? process.execPath
}

/** But for Node's, and itself. */
function packagesImportedBy(folder: string): string[] {
  const sources = globSync('{,client/}*.js', { cwd: folder }).map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  )
  const specifiers = sources.flatMap((source) =>
    Array.from(source.matchAll(/^(?:import|export)\b.*?"([^"]+)";$|\b(?:import|require)\("([^"]+)"\)/gm)),
  )
  const names = specifiers.flatMap(([, from, called]) => /^(?:@[^/]+\/)?[^/]+/.exec(from ?? called!) ?? [])
  return [...new Set(names.filter((name) => !/^(\.|node:|store-monitor$)/.test(name)))].toSorted()
}

async function packInto(dir: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', dir], { cwd: root })
  // npm prints what `prepack` says before its own JSON.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as [
    { filename: string; files: { path: string }[] },
  ]
  const paths = packed.files.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'docs/uptime.md',
      'dist/client/index.d.ts',
      'dist/THIRD-PARTY-LICENSES.txt',
    ]),
  )
  expect(paths.filter((path) => /(?<!\.d)\.ts$|^test\/|^dist\/client-package\//.test(path))).toEqual([])
  return join(dir, packed.filename)
}

/** The package's own server on a free port; it says on stderr where it listens. */
async function served(
  command: string,
  database: string,
): Promise<AsyncDisposable & { readonly url: string }> {
  const child = spawn(command, ['serve', '--port', '0', '--database', database], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 120_000,
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  const said: string[] = []
  for await (const line of createInterface(child.stderr)) {
    said.push(line)
    const [, url] = /store-monitor \S+ listening on (http:\/\/\S+)/.exec(line) ?? []
    if (url === undefined) continue
    child.stderr.resume()
    return {
      url,
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGTERM')
        await exited
      },
    }
  }
  throw new Error(`the server ended before it listened:\n${said.join('\n')}`)
}
