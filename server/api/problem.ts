import { STATUS_CODES } from 'node:http'
import type { AppError, AppErrorCode } from '../../shared/app-error.ts'

const httpStatusOf = {
  invalid: 400,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<AppErrorCode, number>

/** RFC 9457, with the short `error` text that this API has always had. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly error: string
}

export function problemOf(error: AppError): Problem {
  const status = httpStatusOf[error.code]
  return {
    type: 'about:blank',
    title: STATUS_CODES[status]!,
    status,
    detail: error.message,
    error: error.title,
  }
}
