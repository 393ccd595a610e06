import { tcpProxy } from '../../support/tcp-proxy.ts'
import { measuredInTurn, type Figure } from '../figures.ts'
import type { Bench } from '../bench.ts'
import { computeReport } from '../report-bench.ts'
import { nodesScene, type BenchNode, type NodesScene } from './nodes-scene.ts'

/** How far the database is, each way, in the figures of parts that wait for it: so long that two cores have enough to do with four nodes. */
const AWAY_MS = 20
const TURNS = 2
/** 128 parts, which are claimed four at a time: of fewer, the beginning and the end of a report, which no server shortens, are a larger part. */
const STORES = 256_000

/** How much less time a report takes on more servers, each of which has one thread for them. */
export async function scalingFigures(bench: Bench): Promise<Figure[]> {
  await using parts = new AsyncDisposableStack()
  const scene = parts.use(await nodesScene(bench, STORES))
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
        name: `nodes: a report on ${count}, ${what}`,
        unit: 'ms',
        ...compared,
        goal: { of: 'ratio', most },
        note: `${times.toFixed(2)} × as fast as on one (at least ${(1 / most).toFixed(1)} ×), of ${STORES} stores`,
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
    // As often as there are servers, so that each of them has compiled as much.
    for (let warmUp = 0; warmUp < nodes; warmUp++) await computeReport(running[0]!.client)
    const begunAt = performance.now()
    await computeReport(running[0]!.client)
    return performance.now() - begunAt
  }
  return measuredInTurn(TURNS, () => run(count), { name: 'one', run: () => run(1) })
}
