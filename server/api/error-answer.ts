import type { AppError, AppErrorCode } from '../../shared/app-error.ts'
import { problemMediaType, problemOf, type Problem } from '../../shared/problem.ts'
import { trpcAnswer } from './errors.ts'
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
  if (path.startsWith('/trpc/')) return trpcAnswer(error, errorHeaders(error))
  return problemAnswer(problemOf(error), errorHeaders(error))
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
