import type { ImportOutcome } from '../ingest/importing/import-each.ts'
import type { Importer } from '../ingest/importing/importer.ts'
import type { PushTarget } from '../ingest/pushing/pusher.ts'
import { tracedWork, untraced, type OngoingWork } from '../tracing/work-traces.ts'
import type { Observe, Way } from './happened.ts'

/** The importer, of which is told what comes in by it. `traces` is given where it comes by itself: nothing else has it in a trace. */
export function observedImporter(
  importer: Importer,
  way: Way,
  observe: Observe,
  traces = untraced,
): Importer {
  return {
    stop: () => importer.stop(),
    async importPaths(paths, options) {
      try {
        const trace = traces.begin('import', { 'store_monitor.way': way })
        const work = () => importer.importPaths(paths, options)
        const outcome = await tracedWork(trace, work, endOfImport)
        for (const record of outcome.records) observe({ type: 'import', record, way })
        return outcome
      } catch (error) {
        observe({ type: 'import-failed', error, way })
        throw error
      }
    },
  }
}

/** Likewise those who push. */
export function observedPusher(
  pusher: PushTarget,
  way: Way,
  observe: Observe,
  traces = untraced,
): PushTarget {
  return {
    async push(push) {
      try {
        const trace = traces.begin('push', { 'store_monitor.way': way })
        const result = await tracedWork(trace, () => pusher.push(push))
        observe({ type: 'push', result, way })
        return result
      } catch (error) {
        observe({ type: 'push-failed', error, way })
        throw error
      }
    },
  }
}

function endOfImport({ records: [record] }: ImportOutcome): Parameters<OngoingWork['end']> {
  const { importId, state, failure } = record ?? {}
  const attributes = { 'store_monitor.import.id': importId, 'store_monitor.import.state': state }
  return [attributes, failure ?? undefined]
}
