import { randomBytes } from 'node:crypto'

/** Where a span stands: https://www.w3.org/TR/trace-context. */
export interface SpanPlace {
  readonly traceId: string
  readonly spanId: string
  /** Whether it is recorded. */
  readonly isSampled: boolean
}

/** A span that is yet to be made, once it is known what it covers. */
export interface ComingSpan extends SpanPlace {
  /** Whose child it is, if it is one's. */
  readonly parent: SpanPlace | undefined
}

/** Of a request: its caller's child, where `traceparent` names one. */
export function spanOfRequest(traceparent: string | undefined): ComingSpan {
  const parent = placeOf(traceparent)
  const { traceId, isSampled } = parent ?? { traceId: randomId(16), isSampled: true }
  return { traceId, spanId: randomId(8), isSampled, parent }
}

function placeOf(traceparent = ''): SpanPlace | undefined {
  const form = /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/
  const [, traceId, spanId, flags] = form.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags!, 16) & 1) === 1 }
}

function randomId(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}
