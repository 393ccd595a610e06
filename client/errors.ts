import { TRPCClientError } from '@trpc/client'
import { AppError, appErrorCodes } from '../shared/app-error.ts'
import type { AppRouter } from '../server/api/router.ts'
import { appErrorCodeOf } from '../shared/problem.ts'

type ErrorData = NonNullable<TRPCClientError<AppRouter>['data']>

/** The AppError of a failed call, as the server threw it; an abort stays what the caller aborted with. */
export function errorOfCall(error: unknown, url: string): unknown {
  if (!(error instanceof TRPCClientError)) return errorOfFetch(error, url)
  const { data, message, cause } = error as TRPCClientError<AppRouter>
  if (data) return errorOfData(data, message, url, error)
  const status = statusOfEvent(cause)
  return status === undefined ? errorOfFetch(cause, url) : errorOfStatus(status, message)
}

/** What a rejection of `fetch`, or of reading its answer, means. */
export function errorOfFetch(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error instanceof AppError || error.name === 'AbortError') return error
  const isOfTrpc = /^(?:Unable to transform response|Missing result)/.test(error.message)
  if (error instanceof SyntaxError || isOfTrpc) return notOurServer(url, error)
  return error instanceof TypeError ? unreachable(url, error) : error
}

/** An answer that is not JSON, or not of the shape that ours have, comes from something else that listens there. */
export function notOurServer(url: string, cause?: Error): AppError {
  const message = `what answers at ${url} is not a store-monitor server: is the URL right?`
  return new AppError('unavailable', message, { cause })
}

/** Another program's error has no code of ours, and a later server's may have one that is not known here. */
function errorOfData(data: Partial<ErrorData>, message: string, url: string, cause: Error): AppError {
  const { appErrorCode, httpStatus = 500 } = data
  if (appErrorCode === undefined) return notOurServer(url, cause)
  const isKnown = appErrorCodes.includes(appErrorCode)
  return new AppError(isKnown ? appErrorCode : appErrorCodeOf(httpStatus), message, { cause })
}

function unreachable(url: string, error: Error): AppError {
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException
  const reason = code ?? message
  const origin = originOfPage()
  // A browser says no more than that it failed.
  if (origin !== undefined && origin !== URL.parse(url, origin)?.origin) {
    return new AppError(
      'unavailable',
      `cannot reach store-monitor at ${url} (${reason}): is the server running, and does its setting allowedOrigins ` +
        `(STORE_MONITOR_ALLOWED_ORIGINS) have ${origin}, from where this page calls it?`,
      { cause: error },
    )
  }
  return new AppError(
    'unavailable',
    `cannot reach store-monitor at ${url} (${reason}): is the server running? ` +
      '"store-monitor serve" starts one',
    { cause: error },
  )
}

/** The AppError in an answer that is not a success: `application/problem+json`, or what a proxy says. */
export async function errorOfResponse(response: Response): Promise<AppError> {
  const text = await response.text()
  return errorOfStatus(response.status, detailOf(text) ?? `${response.url} answered ${response.status}`)
}

export function errorOfStatus(status: number, message: string): AppError {
  return new AppError(appErrorCodeOf(status), message)
}

function detailOf(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown }
    return typeof detail === 'string' ? detail : undefined
  } catch {
    return undefined
  }
}

/** The HTTP status that an EventSource's error event has where the server refused the stream. */
function statusOfEvent(event: unknown): number | undefined {
  const { code } = (event ?? {}) as { code?: unknown }
  return typeof code === 'number' ? code : undefined
}

/** undefined where this is no page. */
function originOfPage(): string | undefined {
  const { location } = globalThis as { location?: { readonly origin?: string } }
  return location?.origin === 'null' ? undefined : location?.origin
}
