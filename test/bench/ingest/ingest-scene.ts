import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { sizes } from '../data.ts'
import { removeDatabase } from '../import-bench.ts'
import type { Population } from '../population.ts'
import { makeStartedWeek } from './scene.ts'

/** How much is done to measure what takes polls that come. */
export interface IngestAmounts {
  /** Polls in batches, one after the other and some at once. */
  readonly batches: number
  /** From the beginning of a tail to its end: a store's polls of so many hours. */
  readonly hours: number
  readonly singlesMs: number
  /** Of a long push, and of one a quarter of it; none where that is no matter of size. */
  readonly longPush: number
}

function amountsOf(stores: number): IngestAmounts {
  if (stores <= sizes.small) return { batches: 40, hours: 24, singlesMs: 500, longPush: 50_000 }
  if (stores < sizes.country) return { batches: 500, hours: 48, singlesMs: 6000, longPush: 8_000_000 }
  return { batches: 1000, hours: 24, singlesMs: 6000, longPush: 0 }
}

export interface IngestScene {
  readonly bench: Bench
  readonly ids: readonly string[]
  readonly amounts: IngestAmounts
  /** The hour of the week up to which there are polls. */
  readonly fromHour: number
  /** A database of its own, in which the week is half over. */
  copy(name: string): string
}

export async function ingestScene(bench: Bench, { ids }: Population): Promise<IngestScene> {
  const amounts = amountsOf(ids.length)
  // So that a store's week is as long as that of an hourly poller is on average, when what comes is folded into it.
  const fromHour = 84 - amounts.hours / 2
  const made = join(bench.folder, 'started-week.db')
  removeDatabase(made)
  await makeStartedWeek(made, ids, fromHour)
  return { bench, ids, amounts, fromHour, copy: (name) => copyOf(made, join(bench.folder, `${name}.db`)) }
}

export function copyOf(database: string, path: string): string {
  removeDatabase(path)
  copyFileSync(database, path)
  return path
}
