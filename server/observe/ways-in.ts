import type { Importer } from '../ingest/importing/importer.ts'
import type { PushTarget } from '../ingest/pushing/pusher.ts'
import type { Observe, Way } from './happened.ts'

/** The importer, of which is told what comes in by it. */
export function observedImporter(importer: Importer, way: Way, observe: Observe): Importer {
  return {
    stop: () => importer.stop(),
    async importPaths(paths, options) {
      try {
        const outcome = await importer.importPaths(paths, options)
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
export function observedPusher(pusher: PushTarget, way: Way, observe: Observe): PushTarget {
  return {
    async push(push) {
      try {
        const result = await pusher.push(push)
        observe({ type: 'push', result, way })
        return result
      } catch (error) {
        observe({ type: 'push-failed', error, way })
        throw error
      }
    },
  }
}
