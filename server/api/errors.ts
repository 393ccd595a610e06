import { TRPCError } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { AppError, appErrorCodes, toAppError, type AppErrorCode } from '../../shared/app-error.ts'
import { shown } from '../../shared/fields.ts'
import { problemOf } from '../../shared/problem.ts'
import * as z from 'zod'

// Zod says what is allowed, but not what was written.
z.config({ customError: messageOf })

function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue
  if (issue.code === 'invalid_value') return noneOf(input, issue.values)
  if (issue.code === 'unrecognized_keys') return notKnown(issue.keys)
  if (issue.code === 'invalid_type' && issue.expected === 'object') return noObject(input)
  if (issue.code === 'invalid_type' && input === undefined) return 'it is missing'
  if (typeof input !== 'number') return undefined
  if (issue.code === 'too_small') {
    return `${input} is too small: ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum} is allowed`
  }
  if (issue.code === 'too_big') return `${input} is too large: at most ${issue.maximum} is allowed`
  return undefined
}

function noObject(input: unknown): string {
  return input === undefined
    ? 'the expected object is missing: write one of JSON, in braces'
    : `${shown(input)} is not the expected object: write one of JSON, in braces`
}

function notKnown(keys: readonly string[]): string {
  const names = keys.map(shown).join(', ')
  return keys.length === 1
    ? `${names} is not known here: leave it out, or correct it`
    : `${names} are not known here: leave them out, or correct them`
}

function noneOf(input: unknown, values: readonly unknown[]): string {
  const allowed = values.map(shown).join('|')
  return input === undefined
    ? `it is missing: write one of ${allowed}`
    : `${shown(input)} is not allowed: write one of ${allowed}`
}

const trpcCodeOf = {
  invalid: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  'not-found': 'NOT_FOUND',
  'timed-out': 'TIMEOUT',
  conflict: 'CONFLICT',
  'too-large': 'PAYLOAD_TOO_LARGE',
  rejected: 'UNPROCESSABLE_CONTENT',
  busy: 'TOO_MANY_REQUESTS',
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

/** What a request is answered that is refused before its calls are looked at, as a client of tRPC reads it. */
export function trpcErrorBody(error: AppError): object {
  const code = trpcCodeOf[error.code]
  const data = { code, httpStatus: problemOf(error).status, appErrorCode: error.code }
  return { error: { message: error.message, code: TRPC_ERROR_CODES_BY_KEY[code], data } }
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
