import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Context } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { AnsweredRequest, Observe } from './happened.ts'

export interface TracesSetting {
  /** Where a collector takes OTLP over HTTP: what `OTEL_EXPORTER_OTLP_ENDPOINT` says. */
  readonly endpoint: string
  readonly version: string
  readonly onError: (error: unknown) => void
}

/** Spans of requests, and of what threads did for them. Disposing sends what waits. */
export interface Traces extends AsyncDisposable {
  readonly observe: Observe
}

const SEND_EVERY_MS = 2000
const SEND_WITHIN_MS = 3000

export function createTraces({ endpoint, version, onError }: TracesSetting): Traces {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: SEND_WITHIN_MS,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'store-monitor', 'service.version': version }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: SEND_WITHIN_MS,
      }),
    ],
  })
  const tracer = provider.getTracer('store-monitor', version)

  function traceRequest(request: AnsweredRequest): void {
    const { method, route, status, requestId, startedMs, durationMs, worked } = request
    const span = tracer.startSpan(
      `${method} ${route}`,
      {
        kind: SpanKind.SERVER,
        startTime: startedMs,
        attributes: {
          'http.request.method': method,
          'http.route': route,
          'http.response.status_code': status,
          'store_monitor.request_id': requestId,
        },
      },
      callerOf(request),
    )
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    const within = trace.setSpan(ROOT_CONTEXT, span)
    for (const { name, startMs, endMs } of worked) {
      const attributes = { 'thread.name': 'worker' }
      tracer.startSpan(name, { startTime: startMs, attributes }, within).end(endMs)
    }
    span.end(startedMs + durationMs)
  }

  return {
    observe: (happened) => {
      if (happened.type === 'request') traceRequest(happened.request)
    },
    async [Symbol.asyncDispose]() {
      await provider.shutdown().catch(onError)
    },
  }
}

/** The caller's span, where `traceparent` names one: https://www.w3.org/TR/trace-context. */
function callerOf({ traceparent = '' }: AnsweredRequest): Context {
  const [, traceId, spanId, flags] = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT
  const traceFlags = Number.parseInt(flags!, 16) & TraceFlags.SAMPLED
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}
