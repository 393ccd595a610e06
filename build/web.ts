/** Makes the page in dist/web, where it is missing or its sources are others than it was made from. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { LogLevel, RolldownLog } from 'rolldown'
import { licensesOf } from './licenses.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'dist/web')
const madeFrom = 'made-from.txt'

const sources = sourceDigest()
if (sources !== digestOfBuilt()) await build()

/** Of all that may come into the page. */
function sourceDigest(): string {
  const hash = createHash('sha256')
  const files = globSync(['client/web/**/*.*', 'shared/**/*.ts', 'build/web.ts', 'package-lock.json'], {
    cwd: root,
  })
  for (const file of files.toSorted()) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function digestOfBuilt(): string | undefined {
  try {
    return readFileSync(join(folder, madeFrom), 'utf8')
  } catch {
    return undefined
  }
}

/** Beside the folder first, so that a server that runs never sees half of it. */
async function build(): Promise<void> {
  // Whoever runs it, such as tests, may be in another mode, in which React is four times as large.
  process.env['NODE_ENV'] = 'production'
  const { build: bundle } = await import('vite')
  const unfinished = `${folder}.${process.pid}`
  const result = await bundle({
    configFile: false,
    root: join(root, 'client/web'),
    logLevel: 'warn',
    build: {
      outDir: unfinished,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      emptyOutDir: true,
      reportCompressedSize: false,
      rolldownOptions: { onLog: warnOf },
    },
  })
  const chunks = [result].flat().flatMap((built) => ('output' in built ? built.output : []))
  const licenses = licensesOf(chunks.filter((chunk) => chunk.type === 'chunk'))
  writeFileSync(join(unfinished, 'THIRD-PARTY-LICENSES.txt'), licenses)
  for (const name of globSync('assets/*.{js,css,svg}', { cwd: unfinished })) compress(join(unfinished, name))
  writeFileSync(join(unfinished, madeFrom), sources)
  putInPlace(unfinished)
}

/** Another process may do the same just now: the first one wins. */
function putInPlace(unfinished: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (digestOfBuilt() !== sources) throw error
  }
}

/** All but that a package says "use client", which is for servers that render, and that the machine is slow. */
function warnOf(level: LogLevel, log: RolldownLog, warn: (level: LogLevel, log: RolldownLog) => void): void {
  if (log.code !== 'MODULE_LEVEL_DIRECTIVE' && log.code !== 'PLUGIN_TIMINGS') warn(level, log)
}

function compress(file: string): void {
  const bytes = readFileSync(file)
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
  writeFileSync(
    `${file}.br`,
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
  )
}
