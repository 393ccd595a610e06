import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { bundlePackage, isLeftOut } from '../../build/bundle.ts'
import { hooksSource } from './import-hooks.ts'

const root = join(import.meta.dirname, '../..')
const cache = join(root, 'node_modules/.cache')
const DAY_MS = 86_400_000

/** What programs import: `client/cli/main.ts`, which itself stays, as it says how it was started, and servers of tests. */
const imported = [
  ...['environment', 'exit-code', 'hint', 'run-program'].map((name) => `client/cli/${name}.ts`),
  'server/config.ts',
  'server/serve.ts',
]

/**
 * Bundles what threads run, and the command line, as the package has them: of a thread that starts and imports a file, a third
 * of the time is for loading hundreds of files. Returns the URL of what Node.js is to import first, so that it takes them.
 */
export async function bundledPrograms(): Promise<string> {
  const folder = join(cache, `programs-${digestOfSources()}`)
  const hooks = join(folder, 'hooks.mjs')
  if (!existsSync(hooks)) {
    await removeOldBundles()
    await makeBundles(folder)
  }
  return urlOf(hooks)
}

function digestOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  const sources = globSync(
    ['{build,client,migrations,server,shared}/**/*.{ts,wasm}', 'test/support/*bundle*.ts'],
    {
      cwd: root,
    },
  )
  for (const path of sources.sort()) hash.update(`${path}\n`).update(readFileSync(join(root, path)))
  return hash.digest('hex').slice(0, 16)
}

async function makeBundles(folder: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const made = await mkdtemp(`${folder}-`)
  await bundlePackage(made, Object.fromEntries(imported.map((path) => [nameOf(path), path])))
  const threads = globSync('server/**/*-worker.ts', { cwd: root })
  for (const path of threads) await bundleAsOne(path, join(made, `${nameOf(path)}.js`))
  const instead = [...imported, ...threads].map(
    (path) => [urlOf(join(root, path)), urlOf(join(folder, `${nameOf(path)}.js`))] as const,
  )
  await writeFile(join(made, 'package.json'), '{"type":"module"}')
  await writeFile(join(made, 'hooks.mjs'), hooksSource(instead))
  await rename(made, folder).catch(() => rm(made, { recursive: true }))
}

/** In the package threads share files with what starts them; one file each is quicker to load, and tests start many. */
async function bundleAsOne(path: string, file: string): Promise<void> {
  await using bundle = await rolldown({
    cwd: root,
    input: path,
    platform: 'node',
    external: (id) => isLeftOut(id),
    checks: { ineffectiveDynamicImport: false },
  })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
}

function nameOf(path: string): string {
  return basename(path, '.ts')
}

function urlOf(path: string): string {
  return pathToFileURL(path).href
}

/** Each change of a source makes others. */
async function removeOldBundles(): Promise<void> {
  const names = await readdir(cache).catch(() => [])
  for (const path of names.filter((name) => name.startsWith('programs-')).map((name) => join(cache, name))) {
    const { mtimeMs } = await stat(path)
    if (mtimeMs < Date.now() - DAY_MS) await rm(path, { recursive: true, force: true })
  }
}
