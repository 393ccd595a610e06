import { AppError, type AppErrorCode } from '../../shared/app-error.ts'

/** The reason a command ends where the person at the terminal, or the system, stops it. */
export class Interrupted extends Error {
  readonly signal: 'SIGINT' | 'SIGTERM'
  readonly exitCode: number

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super('interrupted')
    this.name = 'Interrupted'
    this.signal = signal
    this.exitCode = signal === 'SIGINT' ? 130 : 143
  }
}

/** How a command ends that has said all that there is to say. */
export class EndsWith extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`)
    this.name = 'EndsWith'
    this.exitCode = exitCode
  }
}

const exitCodes = {
  internal: 1,
  invalid: 2,
  'too-large': 2,
  rejected: 2,
  'not-found': 3,
  conflict: 4,
  'timed-out': 5,
  busy: 5,
  unavailable: 5,
  damaged: 5,
  unauthenticated: 6,
  forbidden: 6,
} as const satisfies Record<AppErrorCode, number>

export const usageExitCode = exitCodes.invalid

export const exitCodeHelp = `
Exit codes:
  0    done
  1    an internal error; doctor: something is wrong
  2    invalid options, files or input
  3    a report, import or file that does not exist
  4    not possible in the present state: no polls yet, a report that failed or was cancelled;
       verify: something comes out otherwise
  5    the server or the database cannot be reached or is damaged, or the output cannot be written
  6    not allowed: the server asks for a key, or what it answers is not for this one
  130  interrupted with Ctrl-C (143: terminated)`

export function exitCodeOf(error: unknown): number {
  return exitCodes[error instanceof AppError ? error.code : 'internal']
}
