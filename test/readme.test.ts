import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rolldown, type OutputChunk, type RolldownOptions } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath, startChromium } from './support/chromium.ts'
import { runningServer, type TestServer } from './support/running-server.ts'
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.ts'

const root = join(import.meta.dirname, '..')
const run = promisify(execFile)
const tool = (path: string) => join(root, 'node_modules', path)
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const client = {
  'store-monitor-client/trpc': join(root, 'client/trpc.ts'),
  'store-monitor-client': join(root, 'client/index.ts'),
}

/** The README's programs, by what they import. */
function recipe(language: string, imported: string): string {
  const blocks = Array.from(readme.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, ...block]) => block)
  const [, code = ''] = blocks.find(([of, code]) => of === language && code!.includes(`'${imported}'`))!
  return code.replaceAll('http://127.0.0.1:8000', server.url)
}

const parts = new AsyncDisposableStack()
let server: TestServer
/** A project with the README's programs, and all packages. */
let project: TemporaryFolder
beforeAll(async () => {
  server = parts.use(await runningServer())
  project = parts.use(await temporaryFolder())
  for (const name of ['timezones', 'business_hours', 'store_status']) {
    await server.uploadFile(join(root, `examples/chain/${name}.csv`))
  }
  await symlink(join(root, 'node_modules'), project.file('node_modules'), 'junction')
  await writeFile(project.file('package.json'), '{"type":"module"}')
  await writeFile(project.file('client.ts'), recipe('ts', 'store-monitor-client'))
  await writeFile(project.file('app.tsx'), recipe('tsx', 'store-monitor-client/trpc'))
  await writeFile(project.file('openapi.ts'), recipe('ts', 'openapi-fetch'))
  const [, command = ''] = /^.*npx (openapi-typescript .*?)`/m.exec(readme)!
  const [, ...options] = command.replace('http://127.0.0.1:8000', server.url).split(' ')
  const hook = join(root, 'test/support/typescript-5.ts')
  await run(process.execPath, ['--import', hook, tool('openapi-typescript/bin/cli.js'), ...options], {
    cwd: project.path,
  })
}, 120_000)
afterAll(() => parts.disposeAsync())

test('the programs compile', async () => {
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext', 'dom'],
    module: 'nodenext',
    jsx: 'react-jsx',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    paths: Object.fromEntries(Object.entries(client).map(([name, path]) => [name, [path]])),
  }
  const files = ['client.ts', 'app.tsx', 'openapi.ts']
  await writeFile(project.file('tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const said = await run(tool('.bin/tsc'), ['-p', project.path]).catch((error: unknown) => error)
  expect(said).toMatchObject({ stdout: '' })
})

test('the client runs a report and tells of the worst store', async () => {
  const lines = await linesOf('client.ts')
  expect(lines).toContain('complete 42 of 42')
  expect(lines.at(-1)).toBe('detroit-greektown-01 0')
})

test('openapi-fetch is told the days of a store', async () => {
  const lines = await linesOf('openapi.ts')
  expect(lines).toHaveLength(7)
  expect(lines[0]).toMatch(/^2026-10-26 \d+/)
})

test.skipIf(chromiumPath === undefined)('a component shows the uptime of a store', async () => {
  const mount = `import { createRoot } from 'react-dom/client'
    import { createElement } from 'react'
    import { App } from './app.tsx'
    createRoot(document.body).render(createElement(App))`
  await writeFile(project.file('mount.js'), mount)
  const [{ code }] = await bundled(project.file('mount.js'), { platform: 'browser' })
  await using page = await openPage(
    { 'main.js': code },
    '<body><script type="module" src="main.js"></script>',
  )
  expect(await page.textOf(/% in the last week/)).toMatch(/^\d+(\.\d+)? % in the last week$/)
})

test.skipIf(chromiumPath === undefined)('a page without a bundler runs a report', async () => {
  const chunks = await bundled(client['store-monitor-client'], { platform: 'browser' })
  const files = chunks.map(({ fileName, code }) => [`store-monitor-client/${fileName}`, code] as const)
  const html = recipe('html', './store-monitor-client/index.js')
  await using page = await openPage(Object.fromEntries(files), `<!doctype html><title>x</title><body>${html}`)
  expect(await page.textOf(/^complete/)).toBe('complete: 42 of 42')
})

async function linesOf(program: string): Promise<string[]> {
  const [{ code }] = await bundled(project.file(program), { platform: 'node' })
  await writeFile(project.file('program.js'), code)
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: project.path })
  return stdout.trimEnd().split('\n')
}

async function bundled(
  input: string,
  options: RolldownOptions,
): Promise<readonly [OutputChunk, ...OutputChunk[]]> {
  await using bundle = await rolldown({
    input,
    resolve: { alias: client },
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    // That "use client" means nothing here.
    onLog() {},
    ...options,
  })
  const { output } = await bundle.generate({ format: 'esm' })
  return output.filter((file) => file.type === 'chunk') as unknown as readonly [OutputChunk]
}

/** A page beside the server, with files beside it. */
async function openPage(files: Readonly<Record<string, string>>, html: string) {
  await using parts = new AsyncDisposableStack()
  const browser = parts.adopt(await startChromium(), (browser) => browser.close())
  const page = await browser.newPage()
  await page.route(`${server.url}/app/**`, (route) => {
    const body = files[route.request().url().slice(`${server.url}/app/`.length)]
    return route.fulfill(
      body === undefined
        ? { contentType: 'text/html', body: html }
        : { contentType: 'text/javascript', body },
    )
  })
  await page.goto(`${server.url}/app/`)
  const owned = parts.move()
  return {
    async textOf(pattern: RegExp): Promise<string> {
      return (await page.getByText(pattern).textContent())!.trim()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
