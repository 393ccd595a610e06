import type { Bench } from '../bench.ts'
import type { Figure } from '../figures.ts'
import { newsFigures } from './news-figures.ts'
import { nodesScene } from './nodes-scene.ts'
import { scalingFigures } from './scaling-figures.ts'
import { takeOverFigures } from './take-over-figures.ts'

/** Several servers on one PostgreSQL, each a process: how soon they hear of each other, take over, and how much faster they are. */
export async function benchNodes(bench: Bench): Promise<Figure[]> {
  await using scene = await nodesScene(bench)
  const figures: Figure[] = []
  for (const part of [newsFigures, takeOverFigures, scalingFigures]) figures.push(...(await part(scene)))
  return figures
}
