import { TRPCError } from '@trpc/server'
import { AppError, appErrorCodes, toAppError, type AppErrorCode } from '../../shared/app-error.ts'
import * as z from 'zod'

const trpcCodeOf = {
  invalid: 'BAD_REQUEST',
  'not-found': 'NOT_FOUND',
  conflict: 'CONFLICT',
  'too-large': 'PAYLOAD_TOO_LARGE',
  unavailable: 'SERVICE_UNAVAILABLE',
  damaged: 'INTERNAL_SERVER_ERROR',
  internal: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<AppErrorCode, TRPCError['code']>

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
