import { AppError, toAppError, type AppErrorCode } from '../../../shared/app-error.ts'
import { OutgoingError, type OutgoingReason } from '../../outgoing/outgoing-error.ts'

/** Why a source could not be had, and how long it asks to wait before it is tried again. */
export class PullError extends AppError {
  readonly retryAfterMs: number | undefined

  constructor(code: AppErrorCode, message: string, retryAfterMs?: number, options?: ErrorOptions) {
    super(code, message, options)
    this.retryAfterMs = retryAfterMs
  }
}

/** Those that the same request may do better than in a while. */
const passing: ReadonlySet<OutgoingReason> = new Set(['dns', 'connection', 'tls', 'timeout'])

export function pullErrorOf(error: unknown): AppError {
  if (!(error instanceof OutgoingError)) return toAppError(error)
  const code = passing.has(error.reason) ? 'unavailable' : 'invalid'
  return new PullError(code, error.message, undefined, { cause: error })
}

export function isWorthRetrying({ code }: AppError): boolean {
  return code === 'unavailable' || code === 'busy' || code === 'internal' || code === 'timed-out'
}

/** What a status says that is no success. */
export function errorOfStatus(host: string, status: number, retryAfterMs: number | undefined): PullError {
  const mayPass = status >= 500 || [408, 425, 429].includes(status)
  const remedy = {
    401: ': are its headers right?',
    403: ': are its headers right?',
    404: ': is its URL right?',
  }
  const text = `${host} answers ${status}${remedy[status as 404] ?? ''}`
  return new PullError(mayPass ? 'unavailable' : 'invalid', text, retryAfterMs)
}
