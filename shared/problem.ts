import type { AppError, AppErrorCode } from './app-error.ts'

/** The one table from what went wrong to HTTP: the server reads it from left to right, the client back. */
const httpOf = {
  invalid: { title: 'Bad Request', status: 400 },
  unauthenticated: { title: 'Unauthorized', status: 401 },
  forbidden: { title: 'Forbidden', status: 403 },
  'not-found': { title: 'Not Found', status: 404 },
  'timed-out': { title: 'Request Timeout', status: 408 },
  conflict: { title: 'Conflict', status: 409 },
  'too-large': { title: 'Payload Too Large', status: 413 },
  rejected: { title: 'Unprocessable Entity', status: 422 },
  busy: { title: 'Too Many Requests', status: 429 },
  unavailable: { title: 'Service Unavailable', status: 503 },
  damaged: { title: 'Internal Server Error', status: 500 },
  internal: { title: 'Internal Server Error', status: 500 },
} as const satisfies Record<AppErrorCode, { readonly status: number; readonly title: string }>

/** Where two share a status, the last one. */
const codeOf = new Map(
  Object.entries(httpOf).map(([code, { status }]) => [status as number, code as AppErrorCode]),
)

export const problemMediaType = 'application/problem+json'

/** RFC 9457, with the short `error` text that this API has always had. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly error: string
  readonly limit?: string
}

export function problemOf(error: AppError): Problem {
  const { code, message, title, limit } = error
  const problem = { type: 'about:blank', ...httpOf[code], detail: message, error: title } as const
  return limit === undefined ? problem : { ...problem, limit }
}

/** What a status that tells of an error means; one that is not ours may be a proxy's. */
export function appErrorCodeOf(status: number): AppErrorCode {
  return codeOf.get(status) ?? (status >= 500 ? 'unavailable' : 'invalid')
}
