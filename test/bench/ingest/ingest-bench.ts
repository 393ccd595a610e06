import type { Bench } from '../bench.ts'
import type { Figure } from '../figures.ts'
import type { Population } from '../population.ts'
import { batchFigures } from './batch-figures.ts'
import { hourlyFigures } from './hourly-figures.ts'
import { httpFigures } from './http-figures.ts'
import { ingestScene } from './ingest-scene.ts'
import { liveFigures } from './live-figures.ts'
import { memoryFigures } from './memory-figures.ts'

/** Polls that keep coming: what takes them in, and who reads meanwhile. */
export async function benchIngest(bench: Bench, population: Population): Promise<Figure[]> {
  const scene = await ingestScene(bench, population)
  const figures: Figure[] = []
  for (const part of [batchFigures, httpFigures, hourlyFigures, liveFigures, memoryFigures]) {
    figures.push(...(await part(scene)))
  }
  return figures
}
