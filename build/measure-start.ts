/**
 * How soon a command ends with more or fewer packages in the bundle, side by side: the figures of docs/decisions/003-the-bundle.md.
 * `node build/measure-start.ts 20` takes twenty runs of each.
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundledPackages, bundlePackage } from './bundle.ts'

const root = join(import.meta.dirname, '..')
const rounds = Number(process.argv[2] ?? 10)
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}
/** They have files of their own: a native addon, and a worker's shell. */
const unbundlable = ['better-sqlite3', 'piscina']
const layouts = {
  'as published': bundledPackages,
  'no package bundled': [],
  'all bundled': Object.keys(dependencies).filter((name) => !unbundlable.includes(name)),
}

const folder = mkdtempSync(join(tmpdir(), 'store-monitor-start-'))
const database = join(folder, 'stores.db')
const run = (args: readonly string[]) => {
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${String(stderr)}`)
}
try {
  const commandOf: Record<string, string> = {}
  for (const [name, bundled] of Object.entries(layouts)) commandOf[name] = await layOut(name, bundled)
  const published = commandOf['as published']!
  run([published, 'import', join(root, 'examples/chain'), '--database', database])
  const server = spawn(process.execPath, [published, 'serve', '--port', '0', '--database', database], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    print(measure(commandOf, await addressOf(createInterface(server.stderr))))
  } finally {
    server.kill()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function layOut(name: string, bundled: readonly string[]): Promise<string> {
  const place = join(folder, name)
  const command = 'client/cli/store-monitor.js'
  mkdirSync(place)
  for (const part of ['package.json', command])
    cpSync(join(root, part), join(place, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'junction')
  await bundlePackage(join(place, 'dist'), {}, bundled)
  return join(place, command)
}

async function addressOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [, url] = /listening on (\S+)/.exec(line) ?? []
    if (url !== undefined) return url
  }
  throw new Error('the server did not start')
}

/** Milliseconds of each run, in turn, by what was run. */
function measure(commandOf: Readonly<Record<string, string>>, url: string): Map<string, number[]> {
  const commands = {
    '--help': ['--help'],
    'stores --url': ['stores', '--limit', '1', '--url', url],
    'stores --database': ['stores', '--limit', '1', '--database', database],
    'report --database': ['report', '--quiet', '--database', database],
  }
  const times = new Map<string, number[]>()
  const time = (name: string, args: readonly string[], isKept: boolean) => {
    const start = performance.now()
    run(args)
    if (isKept) times.set(name, [...(times.get(name) ?? []), performance.now() - start])
  }
  // Two rounds more, so that files are in the page cache and compiled.
  for (let round = -2; round < rounds; round++) {
    time('node -e 0', ['-e', '0'], round >= 0)
    for (const [name, args] of Object.entries(commands)) {
      for (const layout of Object.keys(commandOf)) {
        time(`${name}, ${layout}`, [commandOf[layout]!, ...args], round >= 0)
      }
    }
  }
  return times
}

function print(times: Map<string, number[]>): void {
  const sorted = [...times].map(([name, values]) => [name, values.toSorted((a, b) => a - b)] as const)
  const [, [baseline]] = sorted[0]!
  for (const [name, values] of sorted) {
    const least = values[0]!
    const median = values[values.length >> 1]!
    const ratio = (least / baseline!).toFixed(1)
    process.stdout.write(
      `${name.padEnd(38)} ${least.toFixed(0).padStart(5)} ms, median ${median.toFixed(0)} ms, ×${ratio}\n`,
    )
  }
}
