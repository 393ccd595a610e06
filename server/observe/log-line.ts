import { toAppError } from '../../shared/app-error.ts'
import type { AnsweredRequest, Happened } from './happened.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'
export type Line = Readonly<Record<string, string | number | boolean | null | undefined>>

/** What is asked every few seconds by machines, and the files of pages. */
const dullRoutes: ReadonlySet<string> = new Set([
  'isAlive',
  'isReady',
  'readHealth',
  'trpc.health',
  'readMetrics',
  'asset',
])
const LONGEST_PATH = 200

export function levelOf(happened: Happened): Level {
  switch (happened.type) {
    case 'request':
      return levelOfRequest(happened.request)
    case 'report':
      return happened.report.state === 'failed' ? 'error' : 'info'
    case 'import':
      return happened.record.state === 'failed' ? 'warn' : 'info'
    case 'import-failed':
    case 'push-failed':
      return levelOfError(happened.error)
    case 'push':
    case 'event-stream':
      return 'debug'
    case 'change':
      return 'info'
    case 'alert':
      return happened.outcome === 'delivered' ? 'info' : 'warn'
  }
}

function levelOfRequest({ status, route }: AnsweredRequest): Level {
  if (status >= 500) return 'error'
  return status < 400 && dullRoutes.has(route) ? 'debug' : 'info'
}

function levelOfError(error: unknown): Level {
  return toAppError(error).code === 'internal' ? 'error' : 'warn'
}

/** What a line says: nobody's name, and nothing that a caller might keep secret. */
export function lineOf(happened: Happened): Line {
  switch (happened.type) {
    case 'request':
      return lineOfRequest(happened.request)
    case 'event-stream':
      return {}
    case 'report': {
      const { report } = happened
      return { ...report, durationMs: rounded(report.durationMs) }
    }
    case 'import': {
      const { importId, source, kind, state, bytes, rowsAccepted, rowsChanged, rowsRejected } =
        happened.record
      const { failure, startedAt, finishedAt } = happened.record
      const durationMs = finishedAt === null ? undefined : Date.parse(finishedAt) - Date.parse(startedAt)
      const rows = { rowsAccepted, rowsChanged, rowsRejected }
      const { way } = happened
      return { importId, source, way, kind, state, durationMs, bytes, ...rows, failure: failure ?? undefined }
    }
    case 'import-failed':
    case 'push-failed': {
      const { code, message } = toAppError(happened.error)
      return { way: happened.way, code, failure: message }
    }
    case 'push': {
      const { accepted, changed, rejected } = happened.result
      return { way: happened.way, accepted, changed, rejected }
    }
    case 'change': {
      const { changeId, kind, importId, storeId, correctionId, polls, stores } = happened.change
      return withoutNulls({ changeId, kind, importId, storeId, correctionId, polls, stores })
    }
    case 'alert': {
      const { channel, messageId, outcome, failure } = happened
      return { channel, messageId, outcome, failure }
    }
  }
}

function lineOfRequest({ durationMs, path, isEventStream, isCut, ...told }: AnsweredRequest): Line {
  const { startedMs: _, traced: __, ...request } = told
  return {
    ...request,
    path: path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path,
    durationMs: rounded(durationMs),
    ...(isEventStream && { isEventStream }),
    ...(isCut && { isCut }),
  }
}

function withoutNulls(line: Line): Line {
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== null))
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
