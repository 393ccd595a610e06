/**
 * Bundles the built package: a process that starts loads a few files instead of the hundreds that its dependencies are
 * made of. All code but the typed client's is in one folder, so that what looks for a file beside itself (a worker's, a
 * page's) finds it from whichever chunk it is in.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown, type OutputChunk, type Plugin } from 'rolldown'

const root = join(import.meta.dirname, '..')

/** Importing `node:process` reads all that it has, and so opens stdin. The global is the same object. */
const globalProcess: Plugin = {
  name: 'global-process',
  resolveId: (id) => (id === 'node:process' ? '\0process' : undefined),
  load: (id) => (id === '\0process' ? 'export default process' : undefined),
}

/** The licenses of the packages in the bundle, which want to go with it. */
function licensesOf(chunks: readonly OutputChunk[]): string {
  const ids = chunks.flatMap(({ moduleIds }) => moduleIds)
  const folders = ids.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [])
  return [...new Set(folders)]
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name: string
        version: string
      }
      const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder })
      if (file === undefined) throw new Error(`${name} has no file with its license`)
      return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
    .toSorted()
    .join(`\n${'-'.repeat(80)}\n\n`)
}

await using bundle = await rolldown({
  cwd: root,
  input: {
    cli: 'client/cli/main.ts',
    'report-worker': 'server/reports/report-worker.ts',
    'import-worker': 'server/ingest/import-worker.ts',
    'poll-reader-worker': 'server/ingest/poll-reader-worker.ts',
    'client/index': 'client/index.ts',
  },
  platform: 'node',
  // Both have files of their own: a native addon, and a worker's shell.
  external: ['better-sqlite3', 'piscina'],
  plugins: [globalProcess],
  checks: { ineffectiveDynamicImport: false },
})
const { output } = await bundle.write({
  dir: join(root, 'dist'),
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  comments: { legal: true, annotation: true, jsdoc: false },
})
const chunks = output.filter((file) => file.type === 'chunk')
writeFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), licensesOf(chunks))
