import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace'
import type { SpanPlace } from '../tracing/place.ts'

/** Ids at random, but for spans that others have named before they are made. */
export function givenIds(): IdGenerator & { giving<T>(place: SpanPlace, make: () => T): T } {
  const random = new RandomIdGenerator()
  let given: SpanPlace | undefined
  return {
    generateTraceId: () => given?.traceId ?? random.generateTraceId(),
    generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    giving(place, make) {
      given = place
      try {
        return make()
      } finally {
        given = undefined
      }
    },
  }
}
