import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown, type OutputChunk, type Plugin } from 'rolldown'

const root = join(import.meta.dirname, '..')

/** Importing `node:process` reads all that it has, and so opens stdin. The global is the same object. */
const globalProcess: Plugin = {
  name: 'global-process',
  resolveId: (id) => (id === 'node:process' ? '\0process' : undefined),
  load: (id) => (id === '\0process' ? 'export default process' : undefined),
}

/**
 * Bundles the package, and `programs` with it, into a folder: a process that starts loads a few files instead of the
 * hundreds that its dependencies are made of. All code but the typed client's is in one folder, so that what looks for a
 * file beside itself (a worker's, a page's) finds it from whichever chunk it is in.
 */
export async function bundlePackage(
  folder: string,
  programs: Readonly<Record<string, string>> = {},
): Promise<OutputChunk[]> {
  await using bundle = await rolldown({
    cwd: root,
    input: {
      cli: 'client/cli/main.ts',
      'report-worker': 'server/reports/report-worker.ts',
      'importer-worker': 'server/ingest/importing/importer-worker.ts',
      'poll-reader-worker': 'server/ingest/rows/poll-reader-worker.ts',
      'client/index': 'client/index.ts',
      ...programs,
    },
    platform: 'node',
    // Both have files of their own: a native addon, and a worker's shell.
    external: ['better-sqlite3', 'piscina'],
    plugins: [globalProcess],
    checks: { ineffectiveDynamicImport: false },
  })
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    comments: { legal: true, annotation: true, jsdoc: false },
  })
  copyFileSync(join(root, 'server/ingest/rows/scanner/scanner.wasm'), join(folder, 'scanner.wasm'))
  return output.filter((file) => file.type === 'chunk')
}
