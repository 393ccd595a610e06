import { extname } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { formatDuration } from '../../shared/duration.ts'
import type { RoutingSetting } from '../alerts/routing.ts'
import { repeatedly, type Repeated } from '../repeatedly.ts'
import { threadsOnDemand, type OnDemandSetting } from '../reports/threads-on-demand.ts'
import type { WorkerSetting } from '../reports/worker-task.ts'
import type { LedgerTasks } from './ledger-tasks.ts'

export interface LedgerParts extends Pick<OnDemandSetting, 'checkInPlace'> {
  readonly setting: RoutingSetting
  /** Told where there is something to tell. */
  readonly onEvents: () => void
  readonly onError: (error: unknown) => void
}

/** Keeps the ledger of incidents, in a thread of its own. Disposing ends that, and leaves it to another server. */
export interface Ledger extends AsyncDisposable {
  /** Looks for incidents from now on. */
  start(): void
  /** Looks soon, as something has changed. */
  lookSoon(): void
  /** Throws an `unavailable` AppError where that has come to nothing for long. */
  requireLooking(): void
}

const LOOK_EVERY_MS = 5000
/** After so long without a look that succeeds, somebody should know. */
const LONG_MS = 10 * 60_000
/** Between two looks it rests for as long as the first took, so that it takes half a processor at most. */
const LEAST_REST_MS = 500

export function createLedger(
  threadSetting: WorkerSetting,
  { setting, checkInPlace, onEvents, onError }: LedgerParts,
): Ledger {
  const worker = new URL(`./ledger-worker${extname(import.meta.url)}`, import.meta.url)
  const threads = threadsOnDemand<LedgerTasks>(threadSetting, { worker, maxThreads: 1, checkInPlace })
  let looking: Repeated | undefined
  let restsUntil = -Infinity
  let lookedAt = performance.now()
  let later: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    const begunAt = performance.now()
    if (begunAt < restsUntil) {
      lookSoon()
      return
    }
    try {
      const events = await threads.run('look', { setting })
      lookedAt = performance.now()
      if (events !== null && events > 0) onEvents()
    } finally {
      const endedAt = performance.now()
      restsUntil = endedAt + Math.max(LEAST_REST_MS, endedAt - begunAt)
    }
  }

  function lookSoon(): void {
    const restMs = restsUntil - performance.now()
    if (restMs <= 0) looking?.soon()
    else later ??= setTimeout(wake, restMs).unref()
  }

  function wake(): void {
    later = undefined
    looking?.soon()
  }

  return {
    lookSoon,
    requireLooking() {
      if (performance.now() - lookedAt < LONG_MS) return
      throw new AppError('unavailable', `nothing has looked for incidents for ${formatDuration(LONG_MS)}`)
    },
    start() {
      looking = repeatedly(look, { everyMs: LOOK_EVERY_MS, onError })
      looking.soon()
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(later)
      await looking?.[Symbol.asyncDispose]()
      if (threads.size() > 0) await threads.run('release', {}).catch(() => undefined)
      await threads[Symbol.asyncDispose]()
    },
  }
}
