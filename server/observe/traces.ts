import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Context } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { SpanPlace } from '../tracing/place.ts'
import { workTraces, type EndedWork, type WorkTraces } from '../tracing/work-traces.ts'
import type { Worked } from '../tracing/worked.ts'
import type { AnsweredRequest, Observe } from './happened.ts'
import { givenIds } from './span-ids.ts'

export interface TracesSetting {
  /** Where a collector takes OTLP over HTTP: what `OTEL_EXPORTER_OTLP_ENDPOINT` says. */
  readonly endpoint: string
  readonly version: string
  readonly onError: (error: unknown) => void
}

/** Spans of requests and of work that goes on by itself, and of what threads did for them. Disposing sends what waits. */
export interface Traces extends AsyncDisposable {
  readonly observe: Observe
  readonly work: WorkTraces
}

const SEND_EVERY_MS = 2000
const SEND_WITHIN_MS = 3000

export function createTraces({ endpoint, version, onError }: TracesSetting): Traces {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: SEND_WITHIN_MS,
  })
  const ids = givenIds()
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'store-monitor', 'service.version': version }),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: SEND_WITHIN_MS,
      }),
    ],
  })
  const tracer = provider.getTracer('store-monitor', version)

  function traceRequest({ traced, ...request }: AnsweredRequest): void {
    if (traced === undefined) return
    const { method, route, status, requestId, startedMs, durationMs } = request
    const { span: place, worked, leftOut } = traced
    const attributes = {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'store_monitor.request_id': requestId,
      ...attributesOf(leftOut),
    }
    const options = { kind: SpanKind.SERVER, startTime: startedMs, attributes }
    const parent = place.parent === undefined ? ROOT_CONTEXT : contextOf(place.parent)
    const span = ids.giving(place, () => tracer.startSpan(`${method} ${route}`, options, parent))
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    traceWorked(worked, trace.setSpan(ROOT_CONTEXT, span))
    span.end(startedMs + durationMs)
  }

  function traceWork({
    name,
    askedBy,
    startMs,
    endMs,
    attributes,
    failure,
    worked,
    leftOut,
  }: EndedWork): void {
    const span = tracer.startSpan(
      name,
      {
        // Nobody waits for it.
        kind: askedBy === undefined ? SpanKind.INTERNAL : SpanKind.CONSUMER,
        startTime: startMs,
        attributes: { ...attributes, ...attributesOf(leftOut) },
        links: askedBy === undefined ? [] : [{ context: spanContextOf(askedBy) }],
      },
      ROOT_CONTEXT,
    )
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure })
    traceWorked(worked, trace.setSpan(ROOT_CONTEXT, span))
    span.end(endMs)
  }

  function traceWorked(worked: readonly Worked[], within: Context): void {
    for (const { name, startMs, endMs, inThread } of worked) {
      const attributes = inThread ? { 'thread.name': 'worker' } : {}
      tracer.startSpan(name, { startTime: startMs, attributes }, within).end(endMs)
    }
  }

  return {
    observe: (happened) => {
      if (happened.type === 'request') traceRequest(happened.request)
    },
    work: workTraces(traceWork),
    async [Symbol.asyncDispose]() {
      await provider.shutdown().catch(onError)
    },
  }
}

function attributesOf(leftOut: number) {
  return leftOut === 0 ? {} : { 'store_monitor.spans_left_out': leftOut }
}

function spanContextOf({ traceId, spanId, isSampled }: SpanPlace) {
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE }
}

function contextOf(place: SpanPlace): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { ...spanContextOf(place), isRemote: true })
}
