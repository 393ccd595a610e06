import { TRPCError } from '@trpc/server'
import { STATUS_CODES } from 'node:http'
import { AppError, appErrorCodes, toAppError, type AppErrorCode } from '../../shared/app-error.ts'
import * as z from 'zod'

const httpStatusOf = {
  invalid: 400,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<AppErrorCode, number>

const trpcCodeOf = {
  invalid: 'BAD_REQUEST',
  'not-found': 'NOT_FOUND',
  conflict: 'CONFLICT',
  'too-large': 'PAYLOAD_TOO_LARGE',
  unavailable: 'SERVICE_UNAVAILABLE',
  internal: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<AppErrorCode, TRPCError['code']>

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

export function trpcErrorOf(error: AppError): TRPCError {
  return new TRPCError({ code: trpcCodeOf[error.code], message: error.message, cause: error })
}

/** A tRPC error as ours: what was thrown in a procedure, or what tRPC itself found wrong with the call. */
export function appErrorOfTrpc(error: TRPCError): AppError {
  const cause = error.cause === undefined ? undefined : appErrorOf(error.cause)
  if (cause && cause.code !== 'internal') return cause
  const code = appErrorCodes.find((code) => trpcCodeOf[code] === error.code) ?? 'invalid'
  return new AppError(code, error.message, { cause: error })
}

/** Any error as one that says what was wrong; those of a schema name the field. */
export function appErrorOf(error: unknown): AppError {
  if (error instanceof z.ZodError) return new AppError('invalid', describeIssues(error), { cause: error })
  return toAppError(error)
}

function describeIssues({ issues }: z.ZodError): string {
  return issues
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ')
}
