import { collectDefaultMetrics, Registry } from '@prometheus-io/client'
import type { Observe } from './happened.ts'
import { eventMetrics } from './event-metrics.ts'
import { gaugesOf } from './gauges.ts'
import type { DatabaseMeasures, Load } from './load.ts'

export interface MetricsSource {
  readonly load: Load
  /** Rejects where the database cannot be read. */
  database(): Promise<DatabaseMeasures>
}

/** What is counted, and what is measured when somebody asks. */
export interface Metrics {
  readonly observe: Observe
  /** All of them, as Prometheus reads them. */
  text(source: MetricsSource): Promise<string>
}

export function createMetrics(about: { readonly version: string; readonly database: string }): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const events = eventMetrics(registry)
  const gauges = gaugesOf(registry, about)
  return {
    observe: events,
    async text({ load, database }) {
      gauges.putLoad(load)
      gauges.putDatabase(await database().catch(() => undefined))
      return registry.metrics()
    },
  }
}
