/**
 * What kind of thing went wrong, in terms a caller can act on. Each transport has one table from these
 * codes to its own (HTTP status, tRPC code, exit code).
 */
export const appErrorCodes = [
  'invalid', // the caller said something that cannot be; saying it again will not help
  'unauthenticated', // it is not known who calls; the message says how to tell
  'forbidden', // not for this caller; the message says for whom
  'not-found',
  'timed-out', // the caller fell silent in the middle of what it was saying
  'conflict', // right in itself, but not in the present state
  'too-large',
  'rejected', // nothing of what was sent keeps the rules
  'busy', // too much at once; the same call will succeed in a moment
  'unavailable', // not now; the same call may succeed later
  'damaged', // what is stored is not as it was written: a backup has to take its place
  'internal', // our fault
] as const

export type AppErrorCode = (typeof appErrorCodes)[number]

interface AppErrorOptions extends ErrorOptions {
  /** The problem in a few words that never change, such as "Report not found"; by default those of the code. */
  readonly title?: string
  /** The limit of the server that was met, as its settings call it. */
  readonly limit?: string
  /** After how many seconds the same call may succeed. */
  readonly retryAfterSeconds?: number
}

const titles: Readonly<Record<AppErrorCode, string>> = {
  invalid: 'Invalid request',
  unauthenticated: 'Key needed',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  'timed-out': 'Timed out',
  conflict: 'Not possible now',
  'too-large': 'Too large',
  rejected: 'Nothing could be taken',
  busy: 'Busy',
  unavailable: 'Unavailable',
  damaged: 'Database damaged',
  internal: 'Internal error',
}

/** An error whose message is meant for the person at the other end: what was wrong, and what to do. */
export class AppError extends Error {
  readonly code: AppErrorCode
  readonly title: string
  readonly limit: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: AppErrorCode, message: string, options?: AppErrorOptions) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
    this.title = options?.title ?? titles[code]
    this.limit = options?.limit
    this.retryAfterSeconds = options?.retryAfterSeconds
  }
}

/** `error` as an AppError: itself if it is one, else one that keeps it as its cause, internal but for a full disk. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof Error && (error as Error & { code?: unknown }).code === 'ENOSPC') {
    return new AppError('unavailable', `the disk is full (${error.message}): make room, and try again`, {
      cause: error,
    })
  }
  return new AppError('internal', error instanceof Error ? error.message : String(error), { cause: error })
}
