import type { Registry } from '@prometheus-io/client'
import { toAppError } from '../../shared/app-error.ts'
import type { ImportRecord } from '../../shared/import.ts'
import type { AnsweredRequest, Happened, Observe, Way } from './happened.ts'
import { metricMakers } from './metric-makers.ts'

const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const reportSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800]

interface Counts {
  readonly accepted: number
  readonly changed: number
  readonly rejected: number
}

/** Counts what happens, in metrics whose labels have few values each. */
export function eventMetrics(registry: Registry): Observe {
  const { counter, gauge, histogram } = metricMakers(registry)
  const requests = counter('http_requests_total', 'Requests that were answered, by operation and status', [
    'route',
    'status',
  ])
  const requestDuration = histogram(
    'http_request_duration_seconds',
    'How long requests took until all of their answer had gone, without streams of events',
    { labels: ['route'], buckets: requestSeconds },
  )
  const eventStreams = gauge('event_streams', 'Streams of events that are open')
  const reports = histogram(
    'report_duration_seconds',
    'How long reports took that ended here, from when they were asked for, by how they ended',
    { labels: ['state'], buckets: reportSeconds },
  )
  const polls = counter(
    'polls_total',
    'Polls that came, by what became of them, and by which way they came',
    ['outcome', 'source'],
  )
  const imports = counter(
    'imports_total',
    'Files that were imported, or could not be, by which way they came',
    ['state', 'source'],
  )
  const pushes = counter(
    'pushes_total',
    'Pushes, by whether they were taken (taken, busy, refused, failed), and by which way they came',
    ['outcome', 'source'],
  )
  const changes = counter('changes_total', 'Changes of the data, whoever made them, by kind', ['kind'])

  const alerts = counter(
    'alert_attempts_total',
    'Attempts to tell something by channels of alerts, by what came of them (delivered, failed, dead)',
    ['outcome'],
  )

  // A rate of what has not happened is 0.
  for (const state of ['complete', 'failed', 'cancelled']) {
    reports.zero({ state })
    for (const source of ['upload', 'watch', 'source']) imports.inc({ state, source }, 0)
  }
  for (const outcome of ['delivered', 'failed', 'dead']) alerts.inc({ outcome }, 0)
  for (const outcome of ['taken', 'busy', 'refused', 'failed']) {
    for (const source of ['push', 'poller']) pushes.inc({ outcome, source }, 0)
  }

  function countRequest({ route, status, durationMs, isEventStream }: AnsweredRequest): void {
    requests.inc({ route, status })
    if (isEventStream) eventStreams.dec()
    else requestDuration.observe({ route }, durationMs / 1000)
  }

  function countPolls({ accepted, changed, rejected }: Counts, source: Way): void {
    polls.inc({ outcome: 'changed', source }, changed)
    polls.inc({ outcome: 'repeated', source }, accepted - changed)
    polls.inc({ outcome: 'rejected', source }, rejected)
  }

  function countImport(record: ImportRecord, source: Way): void {
    const { kind, state, rowsAccepted, rowsChanged, rowsRejected } = record
    imports.inc({ state, source })
    const counts = { accepted: rowsAccepted, changed: rowsChanged, rejected: rowsRejected }
    if (kind === 'polls') countPolls(counts, source)
  }

  return (happened: Happened) => {
    switch (happened.type) {
      case 'request':
        countRequest(happened.request)
        break
      case 'event-stream':
        eventStreams.inc()
        break
      case 'report':
        reports.observe({ state: happened.report.state }, happened.report.durationMs / 1000)
        break
      case 'import':
        countImport(happened.record, happened.way)
        break
      case 'import-failed':
        imports.inc({ state: 'failed', source: happened.way })
        break
      case 'push':
        pushes.inc({ outcome: 'taken', source: happened.way })
        countPolls(happened.result, happened.way)
        break
      case 'push-failed':
        pushes.inc({ outcome: outcomeOf(happened.error), source: happened.way })
        break
      case 'change':
        changes.inc({ kind: happened.change.kind })
        break
      case 'alert':
        alerts.inc({ outcome: happened.outcome })
        break
    }
  }
}

function outcomeOf(error: unknown): 'busy' | 'failed' | 'refused' {
  const { code } = toAppError(error)
  if (code === 'busy') return 'busy'
  return code === 'internal' || code === 'unavailable' || code === 'damaged' ? 'failed' : 'refused'
}
