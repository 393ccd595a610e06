import { AppError, type AppErrorCode } from '../../shared/app-error.ts'
import { limitVariable, type LimitName } from './setting.ts'

interface OverLimit {
  /** By default `busy`. */
  readonly code?: Extract<AppErrorCode, 'busy' | 'too-large' | 'unavailable' | 'invalid' | 'timed-out'>
  readonly retryAfterSeconds?: number
}

/** What a caller is told who meets a limit: `what` says which it is, and what to do. */
export function overLimit(
  limit: LimitName,
  what: string,
  { code = 'busy', ...options }: OverLimit = {},
): AppError {
  return new AppError(code, `${what} (limits.${limit}, ${limitVariable(limit)})`, { limit, ...options })
}
