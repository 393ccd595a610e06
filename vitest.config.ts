import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { bundledPackages } from './test/support/bundled-packages.ts'
import { bundledPrograms } from './test/support/bundled-programs.ts'
import { memoryFolder } from './test/support/memory-folder.ts'

// Most of a test is processes and threads that start; what Node.js has compiled of them once need not be compiled again.
process.env['NODE_COMPILE_CACHE'] ??= resolve('node_modules/.cache/compiled')

const inMemory = process.env['TMPDIR'] ?? memoryFolder()
if (inMemory !== undefined) process.env['TMPDIR'] = inMemory

// Who watches changes the sources.
const isOneRun = process.argv.includes('run')
const withBundles = [await bundledPackages(), ...(isOneRun ? [await bundledPrograms()] : [])].map(
  (url) => `--import=${url}`,
)

/** Whether a file of tests, or what it imports of ours, makes databases of either kind: it is then run on both. */
function makesDatabases(file: string, seen = new Set<string>()): boolean {
  if (file.endsWith('/support/test-database.ts')) return true
  if (seen.has(file) || !file.startsWith('test/')) return false
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import .*|\} )from '(\.[^']+\.ts)'/gm)
  return [...imports].some(([, path = '']) => makesDatabases(join(dirname(file), path), seen))
}

/** Those that ask nothing of the database that the other kind could answer otherwise. */
const onSqliteAlone = [
  'test/**/sqlite/**',
  'test/api/{docs-page,openapi,same-site}.test.ts',
  'test/cli/quick-fetch.test.ts',
  'test/client/browser.test.ts',
  'test/client/web/**',
  'test/deployment/dockerfile.test.ts',
  // What both do with such values is compared elsewhere, and there it would take a minute.
  ...(process.env['FUZZ'] === undefined ? ['test/fuzz/**'] : []),
  'test/ingest/importing/{find-files,hostile-files}.test.ts',
  'test/ingest/rows/poll-reader.test.ts',
  'test/readme.test.ts',
]

const onBoth = globSync('test/**/*.test.ts', { exclude: onSqliteAlone })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => makesDatabases(file))

/** What takes longest begins first, so that no processor waits for it at the end. */
class LongestFirst extends BaseSequencer {
  static readonly longest = [
    '/fuzz/',
    '/package/pack.',
    '/deployment/dockerfile.',
    '/web/accessibility.',
    '/deployment/stop.',
  ]

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LongestFirst.longest.findIndex((part) => moduleId.includes(part))
      return place < 0 ? LongestFirst.longest.length : place
    }
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

export default defineConfig({
  test: {
    // Native modules are to be in processes. A few do for all files: to load the same again for each took a quarter of the time.
    pool: 'forks',
    isolate: false,
    sequence: { sequencer: LongestFirst },
    execArgv: withBundles,
    env: { CLI_NODE_OPTIONS: withBundles.join(' ') },
    // Most of a test is other processes, whose end it awaits.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // What hangs is to be found, and not how much else the machine does.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // What it says of itself, where it is a provider for tests alone.
    onConsoleLog: (text) => !text.startsWith('oidc-provider '),
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['test/**/*.test.ts'],
          env: { DB_TYPE: 'sqlite' },
          globalSetup: ['test/support/web-setup.ts', 'test/support/sqlite-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: onBoth,
          env: { DB_TYPE: 'postgres' },
          globalSetup: ['test/support/web-setup.ts', 'test/support/postgres-setup.ts'],
        },
      },
    ],
  },
})
