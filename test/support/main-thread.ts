import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'

/** What has had nothing to do for so long is idle. */
const IDLE_MS = 1000
const LOOK_MS = 250
/** What may be done in a look without it being work: a clock, a heartbeat. */
const IDLE_CPU_MS = 3

/** The main thread of a page, by the time of a processor that it has had, which Chromium itself tells. */
export interface MainThread {
  busyMs(): Promise<number>
  /** What it has had when it has nothing more to do. */
  busyMsUntilIdle(): Promise<number>
}

export async function mainThreadOf(page: Page): Promise<MainThread> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })

  async function busyMs(): Promise<number> {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000
  }

  return {
    busyMs,
    async busyMsUntilIdle() {
      let last = await busyMs()
      for (let idleMs = 0; idleMs < IDLE_MS;) {
        await setTimeout(LOOK_MS)
        const now = await busyMs()
        idleMs = now - last > IDLE_CPU_MS ? 0 : idleMs + LOOK_MS
        last = now
      }
      return last
    },
  }
}
