import { AppError, type AppErrorCode } from '../../../../shared/app-error.ts'

const unreachable = 'cannot be reached: does it run, and is the URL right?'

/** What SQLSTATEs and the network's codes mean for a person; those that are not here are the program's fault. */
const meanings: readonly (readonly [codes: RegExp, code: AppErrorCode, meaning: string])[] = [
  [/^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|08)/, 'unavailable', unreachable],
  [/^57P0[1-5]$/, 'unavailable', 'is starting or stopping: try again'],
  [/^25P03$/, 'unavailable', 'has given up a connection that nothing came from: try again'],
  [/^28/, 'unavailable', 'does not let this user in: are name and password right?'],
  [/^3D000$/, 'unavailable', 'has no such database: make it first (createdb)'],
  [/^42501$/, 'unavailable', 'does not let this user do that: give it rights to the database'],
  [/^53100$/, 'unavailable', 'has a full disk: make room, and try again'],
  [/^53/, 'unavailable', 'has no resources left (connections, memory): try again'],
  [/^55P03$/, 'unavailable', 'is busy: another program has been writing to it for long; try again'],
  [/^(?:40001|40P01|57014)$/, 'unavailable', 'is busy with what others write: try again'],
  [/^25006$/, 'unavailable', 'takes no changes at present (a standby?): try again, or name the primary'],
  [/^(?:XX001|XX002)$/, 'damaged', 'is damaged: put a backup in its place'],
  [/^2202[15]$|^22P05$/, 'invalid', 'takes no text with this character'],
]

/** An error of the driver as an AppError, where it is not the program's fault; otherwise the error itself. */
export function databaseError(place: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error
  const { message } = firstOf(error)
  const known = codeOf(error)
  const [, appErrorCode, meaning] = meanings.find(([codes]) => codes.test(known)) ?? []
  if (appErrorCode === undefined) return error
  return new AppError(appErrorCode, `${place} ${meaning} (${message})`, { cause: error })
}

/** Whether a connection is of no use any more after an error on it. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && /^(?:ECONN|EPIPE|ETIMEDOUT|08|57P|25P03)/.test(codeOf(error))
}

function codeOf(error: Error): string {
  const { code, message } = firstOf(error) as Error & { code?: unknown }
  if (typeof code === 'string') return code
  // The driver gives none to a connection that was lost, or not made in time.
  return /^(?:Connection terminated|timeout e|Client has encountered)/.test(message) ? '08006' : ''
}

/** Where a name has several addresses, each has an error of its own. */
function firstOf(error: Error): Error {
  return error instanceof AggregateError ? ((error.errors as Error[])[0] ?? error) : error
}
