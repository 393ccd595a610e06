/** Runs the tests on the oldest Node.js that package.json names, brought by npm: `npm run test:oldest [-- FILE …]`. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } }
const [, major] = /^>=(\d+)$/.exec(engines.node) ?? []
if (major === undefined) throw new Error(`engines.node is "${engines.node}", and should be ">=" and a number`)

const system = process.platform === 'win32' ? 'win' : process.platform
const name = `node-${system}-${process.arch}`
const folder = mkdtempSync(join(tmpdir(), 'store-monitor-node-'))
try {
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${major}.0.0`])
  const bin = join(folder, 'node_modules', name, 'bin')
  const node = join(bin, process.platform === 'win32' ? 'node.exe' : 'node')
  run(node, ['--version'])
  // First on PATH, for what the tests start by name.
  const environment = {
    ...process.env,
    PATH: `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH']}`,
  }
  process.exitCode = run(
    node,
    ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)],
    environment,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env, shell: command === 'npm' })
  if (error) throw error
  return status ?? 1
}
