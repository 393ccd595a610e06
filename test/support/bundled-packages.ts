import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { hooksSource } from './import-hooks.ts'

const root = join(import.meta.dirname, '../..')
const cache = join(root, 'node_modules/.cache')

/** What threads import of packages of hundreds of files, all that are one package together. */
const entries = ['kysely', 'kysely/migration', 'zod', 'zod/v4', 'zod/v4/core'] as const

/**
 * Makes few files of packages that are hundreds: as one, they take a tenth of the time to load that a thread spends on them
 * otherwise, and tests start many threads. Returns the URL of what Node.js is to import first, so that it takes those.
 */
export async function bundledPackages(): Promise<string> {
  const folder = join(cache, `packages-${digestOfVersions()}`)
  const hooks = join(folder, 'hooks.mjs')
  if (!existsSync(hooks)) await makeBundles(folder)
  return pathToFileURL(hooks).href
}

function digestOfVersions(): string {
  const names = new Set(entries.map((entry) => entry.split('/')[0]!))
  const texts = [...names].map((name) => readFileSync(join(root, 'node_modules', name, 'package.json')))
  const hash = createHash('sha256').update(readFileSync(import.meta.filename))
  for (const text of texts) hash.update(text)
  return hash.digest('hex').slice(0, 16)
}

/** In a folder of another name first, as several runs may begin at once. */
async function makeBundles(folder: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const made = await mkdtemp(`${folder}-`)
  await using bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [nameOf(entry), entry])),
    platform: 'node',
  })
  await bundle.write({ dir: made, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' })
  await writeFile(join(made, 'package.json'), '{"type":"module"}')
  await writeFile(
    join(made, 'hooks.mjs'),
    hooksSource(entries.map((entry) => [import.meta.resolve(entry), bundleOf(folder, entry)])),
  )
  await rename(made, folder).catch(() => rm(made, { recursive: true }))
}

function bundleOf(folder: string, entry: string): string {
  return pathToFileURL(join(folder, `${nameOf(entry)}.js`)).href
}

function nameOf(entry: string): string {
  return entry.replaceAll('/', '-')
}
