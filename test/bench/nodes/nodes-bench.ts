import type { Bench } from '../bench.ts'
import type { Figure } from '../figures.ts'
import { newsFigures } from './news-figures.ts'
import { nodesScene } from './nodes-scene.ts'
import { scalingFigures } from './scaling-figures.ts'
import { takeOverFigures } from './take-over-figures.ts'

/** 16 parts of a report, which are claimed four at a time. */
const FEW_STORES = 32_000

/** Several servers on one PostgreSQL, each a process: how soon they hear of each other, take over, and how much faster they are. */
export async function benchNodes(bench: Bench): Promise<Figure[]> {
  await using scene = await nodesScene(bench, FEW_STORES)
  const figures = [...(await newsFigures(scene)), ...(await takeOverFigures(scene))]
  return [...figures, ...(await scalingFigures(bench))]
}
