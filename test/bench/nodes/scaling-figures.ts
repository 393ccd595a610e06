import { tcpProxy } from '../../support/tcp-proxy.ts'
import { measuredInTurn, type Figure } from '../figures.ts'
import { get, post } from '../http.ts'
import { STORES, type BenchNode, type NodesScene } from './nodes-scene.ts'

/** How far the database is, each way, in the figures of parts that wait for it: so long that two cores have enough to do with four nodes. */
const AWAY_MS = 20
const TURNS = 2
/** Asked for at once, as one alone has few parts to share. */
const REPORTS = 4

/** How much less time reports take on more servers, each of which has one thread for them. */
export async function scalingFigures(scene: NodesScene): Promise<Figure[]> {
  await using parts = new AsyncDisposableStack()
  const { url } = scene
  const far = parts.use(await tcpProxy(url, { delayMs: AWAY_MS })).urlOf(url)
  const figures: Figure[] = []
  for (const { what, of, counts } of [
    { what: 'parts that wait', of: far, counts: { 2: 1 / 1.9, 4: 1 / 3.5 } },
    { what: 'parts that compute', of: url, counts: { 2: 1 / 1.3 } },
  ]) {
    for (const [count, most] of Object.entries(counts)) {
      const compared = await comparedWithOne(scene, of, Number(count))
      const times = 1 / compared.baseline!.ratio!.median
      figures.push({
        name: `nodes: ${REPORTS} reports on ${count}, ${what}`,
        unit: 'ms',
        ...compared,
        goal: { of: 'ratio', most },
        note: `${times.toFixed(2)} × as many as one does (at least ${(1 / most).toFixed(1)} ×); ${STORES} stores each`,
      })
    }
  }
  return figures
}

async function comparedWithOne(scene: NodesScene, url: string, count: number) {
  const run = async (nodes: number) => {
    await using parts = new AsyncDisposableStack()
    const running: BenchNode[] = []
    for (let node = 0; node < nodes; node++) running.push(parts.use(await scene.node({ url })))
    // Once, so that threads run and code is compiled.
    await reportsOf(running, nodes)
    const begunAt = performance.now()
    await reportsOf(running, REPORTS)
    return performance.now() - begunAt
  }
  return measuredInTurn(TURNS, () => run(count), { name: 'one', run: () => run(1) })
}

/** Asks each in turn for a report, and waits until all are complete. */
async function reportsOf(nodes: readonly BenchNode[], count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const { client } = nodes[i % nodes.length]!
      const asked = (await post(client, '/trigger_report')).toString()
      const { report_id: reportId } = JSON.parse(asked) as { report_id: string }
      const events = await get(client, `/reports/${reportId}/events`)
      if (!events.includes('event: complete')) throw new Error(`report ${reportId}: ${events.toString()}`)
    }),
  )
}
