import type { AppError, AppErrorCode } from '../../shared/app-error.ts'
import { problemMediaType, problemOf, type Problem } from '../../shared/problem.ts'
import type { AnswerText } from '../limits/guarded-server.ts'
import { trpcErrorBody } from './errors.ts'
import { challenge } from './request-context.ts'

const headersOf: Readonly<Partial<Record<AppErrorCode, Record<string, string>>>> = {
  unauthenticated: challenge,
  'timed-out': { connection: 'close' },
  // Seconds: neither another writer nor a full disk is gone at once.
  unavailable: { 'retry-after': '5' },
  busy: { 'retry-after': '1' },
}

/** What a request to a path is answered that came to an error, as its client reads it. */
export function errorAnswer(path: string, error: AppError): Response {
  const { status, headers, text } = errorText(path, error)
  return new Response(text, { status, headers })
}

/** Likewise, for who has to answer very many of them. */
export function errorText(path: string, error: AppError): AnswerText {
  const problem = problemOf(error)
  const isOfTrpc = path.startsWith('/trpc/')
  return {
    status: problem.status,
    headers: { 'content-type': isOfTrpc ? 'application/json' : problemMediaType, ...errorHeaders(error) },
    text: JSON.stringify(isOfTrpc ? trpcErrorBody(error) : problem),
  }
}

export function errorHeaders({ code, retryAfterSeconds }: AppError): Record<string, string> {
  const usual = headersOf[code] ?? {}
  return retryAfterSeconds === undefined ? usual : { ...usual, 'retry-after': String(retryAfterSeconds) }
}

export function problemAnswer(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': problemMediaType, ...headers },
  })
}
