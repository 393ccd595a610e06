import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { runProgram } from '../../client/cli/run-program.ts'

const root = join(import.meta.dirname, '../..')
export const launcher = join(root, 'client/cli/store-monitor.js')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
/** Spares each of many short processes the compiling of the same files. */
const compileCache = join(root, 'node_modules/.cache/node')

export interface CliOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
  /** What is piped into it. */
  readonly input?: string
  /** That of another version. */
  readonly launcher?: string
  /** A command that runs it, with its first arguments. */
  readonly within?: readonly string[]
  /** Whether more is piped into it, by `type`. */
  readonly isOpen?: true
}

export interface CliResult {
  /** null where a signal ended the process. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCli extends AsyncDisposable {
  readonly finished: Promise<CliResult>
  /** The first match in what it writes to stderr; rejects where it ends without one. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  /** Likewise to stdout. */
  wrote(pattern: RegExp): Promise<RegExpExecArray>
  /** Pipes more into it. */
  type(text: string): void
  kill(signal: NodeJS.Signals): void
}

/** Starts the real command line in a process of its own. */
export function startCli(
  args: readonly string[],
  { cwd, environment, input, isOpen, within = [], launcher: started = launcher }: CliOptions = {},
): RunningCli {
  const [command, ...rest] = [...within, process.execPath, started, ...args]
  const child = spawn(command!, rest, {
    env: {
      PATH: process.env['PATH'],
      TMPDIR: process.env['TMPDIR'],
      TZ: 'Asia/Kathmandu',
      NODE_COMPILE_CACHE: compileCache,
      NODE_OPTIONS: process.env['CLI_NODE_OPTIONS'],
      ...environment,
    },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {}) // it may end without reading
  if (!isOpen) child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const finished = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    stdout,
    stderr,
  }))
  function matched(pattern: RegExp, stream: Readable, text: () => string): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(text())
        if (match) resolve(match)
      }
      look()
      stream.on('data', look)
      child.on('close', () => reject(new Error(`it ended without ${pattern}: ${stderr}`)))
    })
  }

  return {
    finished,
    said: (pattern) => matched(pattern, child.stderr, () => stderr),
    wrote: (pattern) => matched(pattern, child.stdout, () => stdout),
    type: (text) => void child.stdin.write(text),
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await finished
    },
  }
}

/** Runs the real command line to its end. */
export async function runCliProcess(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  await using cli = startCli(args, options)
  return await cli.finished
}

/**
 * Runs the command line to its end: in this process, which takes a fraction of the time that one of its own does, unless it
 * is to be in another folder.
 */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  if (options.cwd !== undefined) return runCliProcess(args, options)
  const [stdout, stderr] = [collected(), collected()]
  const context = {
    version,
    command: 'npx store-monitor',
    platform: process.platform,
    packageFolder: root,
    now: Date.now,
    stdout: stdout.stream,
    stderr: stderr.stream,
    stdin: () => Readable.from([options.input ?? '']),
    signal: new AbortController().signal,
  }
  const exitCode = await runProgram(args, context, () => options.environment ?? {})
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

/** A stream that is no terminal, and what was written to it. */
function collected(): { readonly stream: WriteStream; text(): string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream: stream as WriteStream, text: () => Buffer.concat(chunks).toString() }
}

/** Its lines of JSON. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
