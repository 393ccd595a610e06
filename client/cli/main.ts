import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { findConfigFile, readEnvironment } from './environment.ts'
import { Interrupted } from './exit-code.ts'
import { commandAsStarted } from './hint.ts'
import { runProgram } from './run-program.ts'

const require = createRequire(import.meta.url)
const { version } = require('store-monitor/package.json') as { version: string }

const context = {
  version,
  // A clone runs the source as it is.
  command: commandAsStarted(process.env, import.meta.url.endsWith('.ts')),
  platform: process.platform,
  packageFolder: dirname(require.resolve('store-monitor/package.json')),
  findConfigFile: () => findConfigFile('.'),
  now: Date.now,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => process.stdin,
  signal: firstInterruption(),
}
process.exitCode = await runProgram(process.argv.slice(2), context, () =>
  readEnvironment('.env', process.env),
)

/** Aborted by the first SIGINT or SIGTERM; then both have their usual effect again, which is to end the process at once. */
function firstInterruption(): AbortSignal {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM'] as const
  function interrupt(name: (typeof names)[number]): void {
    for (const each of names) process.off(each, interrupt)
    controller.abort(new Interrupted(name))
  }
  for (const name of names) process.on(name, interrupt)
  return controller.signal
}
