import { createStoreMonitorClient } from '../../../client/index.ts'
import { percentile, spreadOf, type Figure } from '../figures.ts'
import { get, post } from '../http.ts'
import type { BenchNode, NodesScene } from './nodes-scene.ts'

const TRIGGERS = 40
const EVENTS = 300
const WARM_UPS = 5

/** How soon one server does what another was asked for, and tells what another was told. */
export async function newsFigures(scene: NodesScene): Promise<Figure[]> {
  await using web = await scene.node({ role: 'web' })
  await using other = await scene.node({ role: 'web' })
  await using _ = await scene.node({ role: 'worker' })
  const starts = await measuredStarts(scene, web)
  const heard = await measuredEvents(web, other)
  return [
    {
      name: 'nodes: from a trigger on one to the start on another, p50',
      unit: 'ms',
      ours: spreadOf([percentile(starts, 0.5)]),
      goal: { of: 'figure', most: 30 },
      note: `p99 ${percentile(starts, 0.99)} ms, of ${starts.length}`,
    },
    {
      name: 'nodes: from a push to one to who follows stores on another, p99',
      unit: 'ms',
      ours: spreadOf([percentile(heard, 0.99)]),
      goal: { of: 'figure', most: 250 },
      note: `p50 ${percentile(heard, 0.5).toFixed(0)} ms, of ${heard.length}`,
    },
  ]
}

/** From before a report is asked for to when whoever computes it began; both are on this machine, and have one clock. */
async function measuredStarts({ look }: NodesScene, { client }: BenchNode): Promise<number[]> {
  const starts: number[] = []
  for (let i = 0; i < WARM_UPS + TRIGGERS; i++) {
    const askedAt = Date.now()
    const { report_id: id } = JSON.parse((await post(client, '/trigger_report')).toString()) as {
      report_id: string
    }
    await get(client, `/reports/${id}/events`)
    const { rows } = await look.query<{ started_at: string }>(
      'select started_at from report where report_id = $1',
      [id],
    )
    if (i >= WARM_UPS) starts.push(Number(rows[0]!.started_at) - askedAt)
  }
  return starts
}

/** From before a poll is sent to one to when who follows stores on the other is told that the store changed. */
async function measuredEvents(one: BenchNode, other: BenchNode): Promise<number[]> {
  const sender = createStoreMonitorClient({ url: one.url })
  const latencies: number[] = []
  let minute = 0
  let sentAt = 0
  async function push(): Promise<void> {
    const status = minute % 2 === 0 ? 'active' : 'inactive'
    const timestampUtc = new Date(Date.UTC(2026, 9, 5, 12, minute++)).toISOString()
    sentAt = performance.now()
    await sender.polls.push([{ storeId: 'pushed', status, timestampUtc }])
  }
  await push()
  // First it is told how far it is, and perhaps that all other stores are unknown by now.
  for await (const { changes } of createStoreMonitorClient({ url: other.url }).watchStores()) {
    if (changes.some(({ storeId }) => storeId === 'pushed')) latencies.push(performance.now() - sentAt)
    if (latencies.length >= WARM_UPS + EVENTS) break
    await push()
  }
  return latencies.slice(WARM_UPS)
}
