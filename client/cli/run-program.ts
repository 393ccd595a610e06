import { CommanderError, type Command } from 'commander'
import { AppError } from '../../shared/app-error.ts'
import type { CommandContext } from './context.ts'
import { EndsWith, exitCodeOf, Interrupted, usageExitCode } from './exit-code.ts'
import { withCommandAsStarted } from './hint.ts'
import { isClosedPipe, outputError } from './output.ts'
import { createProgram } from './program.ts'
import { addShellCommands } from './shell-commands.ts'
import { withCommandFirst } from './arguments.ts'
import { withFlags } from './flags-in-messages.ts'

/** Runs the command that the arguments name; its exit code. */
export async function runProgram(
  args: readonly string[],
  context: Omit<CommandContext, 'environment'>,
  readEnvironment: () => CommandContext['environment'],
): Promise<number> {
  const { stdout, stderr, signal } = context
  // Whoever writes finds out; a reader that has gone away is no reason to crash.
  stdout.on('error', () => {})
  stderr.on('error', () => {})

  let called: Command | undefined
  try {
    const whole = { ...context, environment: readEnvironment() }
    const program = createProgram(whole)
    addShellCommands(program, whole)
    program.hook('preAction', (_, command) => void (called = command))
    prepare(program, context)
    await program.parseAsync(withCommandFirst(args), { from: 'user' }).catch(passOver)
    if (stdout.errored) throw outputError(stdout.errored)
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return usageExitCode
    if (isClosedPipe(error)) return 0
    if (error instanceof EndsWith) return error.exitCode
    if (signal.reason instanceof Interrupted) {
      stderr.write('store-monitor: interrupted\n')
      return signal.reason.exitCode
    }
    const isDebugging = args.includes('--debug') || !(error instanceof AppError) || error.code === 'internal'
    const text = isDebugging
      ? traceOf(error)
      : withCommandAsStarted(called ? withFlags(error.message, called) : error.message, context)
    stderr.write(`store-monitor: ${text}\n`)
    return exitCodeOf(error)
  }
}

/** What commander throws after it has written what `--help` and `--version` ask for. */
function passOver(error: unknown): void {
  const isAllRight = error instanceof CommanderError && error.exitCode === 0
  if (!isAllRight) throw error
}

/** Has commander throw instead of ending the process, and speak as we do. */
function prepare(
  program: Command,
  { command: started, stdout, stderr }: Pick<CommandContext, 'command' | 'stdout' | 'stderr'>,
): void {
  for (const command of allCommands(program)) {
    const help = `${started}${nameOf(command, program)} --help`
    command.exitOverride().configureOutput({
      writeOut: (text) => stdout.write(text),
      outputError: (text) =>
        stderr.write(`${text.trim().replace(/^error: /, 'store-monitor: ')} (see ${help})\n`),
    })
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}

/** ` reports get`, as it is typed behind the program. */
function nameOf(command: Command, program: Command): string {
  if (command === program || command.parent === null) return ''
  return `${nameOf(command.parent, program)} ${command.name()}`
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${traceOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
