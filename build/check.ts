import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** Scripts of package.json that look at the sources and leave them alone. */
const checks = ['lint', 'types', 'format:check', 'deadcode', 'lint:openapi']

/** Runs them at once, as some use one processor, and shows what each says when it has ended. */
async function passes(name: string): Promise<boolean> {
  const check = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => check.once('close', resolve))
  const said = await Promise.all([text(check.stdout), text(check.stderr)])
  const exitCode = await ended
  const title = `${exitCode === 0 ? 'passed' : 'FAILED'}: npm run ${name}`
  process.stdout.write(`${[title, ...said].join('\n').trimEnd()}\n`)
  return exitCode === 0
}

const results = await Promise.all(checks.map(passes))
if (results.includes(false)) process.exitCode = 1
