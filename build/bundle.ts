import { copyFileSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { rolldown, type OutputChunk, type Plugin } from 'rolldown'

const root = join(import.meta.dirname, '..')

/**
 * What the start of a command loads, where it would be hundreds of files: docs/decisions/003-the-bundle.md. `zod-openapi` asks for the
 * same Zod. All other packages are loaded from node_modules when they are needed.
 */
export const bundledPackages: readonly string[] = [
  '@trpc/client',
  '@trpc/server',
  'commander',
  'kysely',
  'zod',
  'zod-openapi',
]

function isPackage(id: string): boolean {
  // Not what the bundler itself brings.
  return /^[@a-z]/.test(id) && !/^(?:node:|@oxc-project\/)|\.ts$/.test(id)
}

/** Whether what is imported stays in node_modules. */
export function isLeftOut(id: string, bundled = bundledPackages): boolean {
  return isPackage(id) && !bundled.some((name) => id === name || id.startsWith(`${name}/`))
}

/** Importing `node:process` reads all that it has, and so opens stdin. The global is the same object. */
const globalProcess: Plugin = {
  name: 'global-process',
  resolveId: (id) => (id === 'node:process' ? '\0process' : undefined),
  load: (id) => (id === '\0process' ? 'export default process' : undefined),
}

/** commander runs subcommands that are programs of their own, which we have none of: to load what does takes 4 ms. */
const noChildProcesses: Plugin = {
  name: 'no-child-processes',
  resolveId: (id, importer) =>
    id === 'node:child_process' && /[\\/]commander[\\/]/.test(importer ?? '') ? '\0nothing' : undefined,
  load: (id) => (id === '\0nothing' ? 'export default {}' : undefined),
}

function isIn(file: string, folder: string): boolean {
  return file.startsWith(join(root, folder))
}

/** What works on each kind of database, and not only for a moment. */
function isOfDatabase(file: string): boolean {
  return /[\\/]database[\\/](?!dialect[\\/](?:sqlite|postgres)|migrate)/.test(file) && isIn(file, 'server')
}

function isZodFree(file: string): boolean {
  const text = readFileSync(file, 'utf8').replaceAll(/import type [^;]*? from '[^']*'/g, '')
  const imports = Array.from(text.matchAll(/from '([^']*)'/g), ([, from]) => from!)
  return imports.every(
    (from) => from !== 'zod' && (!from.startsWith('.') || isZodFree(join(dirname(file), from))),
  )
}

/** What threads run: each looks for it by its name, beside itself. */
function workerPrograms(): Record<string, string> {
  const paths = globSync('server/**/*-worker.ts', { cwd: root })
  return Object.fromEntries(paths.map((path) => [basename(path, '.ts'), path]))
}

/**
 * Bundles the package, and `programs` with it, into a folder: a process that starts loads a few files instead of the
 * hundreds that some of its dependencies are made of. All code but the typed client's is in one folder, so that what looks for a
 * file beside itself (a worker's, a page's) finds it from whichever chunk it is in.
 */
export async function bundlePackage(
  folder: string,
  programs: Readonly<Record<string, string>> = {},
  bundled = bundledPackages,
): Promise<OutputChunk[]> {
  await using bundle = await rolldown({
    cwd: root,
    input: {
      cli: 'client/cli/main.ts',
      ...workerPrograms(),
      'client/index': 'client/index.ts',
      'client/trpc': 'client/trpc.ts',
      ...programs,
    },
    platform: 'node',
    external: (id) => isLeftOut(id, bundled),
    plugins: [globalProcess, noChildProcesses],
    checks: { ineffectiveDynamicImport: false },
  })
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    // Else it is cut into a file for each set of programs that uses the same of it.
    codeSplitting: {
      groups: [
        { name: 'kysely', priority: 3, test: /[\\/]kysely[\\/]dist[\\/](?!migration[\\/])/ },
        { name: 'shared', priority: 2, test: (id: string) => isIn(id, 'shared') && isZodFree(id) },
        { name: 'database', priority: 1, test: (id: string) => isOfDatabase(id) && isZodFree(id) },
      ],
    },
    comments: { legal: true, annotation: true, jsdoc: false },
  })
  copyFileSync(join(root, 'server/ingest/rows/scanner/scanner.wasm'), join(folder, 'scanner.wasm'))
  return output.filter((file) => file.type === 'chunk')
}
