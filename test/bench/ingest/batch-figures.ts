import { MIB } from '../bench.ts'
import { runNode } from '../child.ts'
import { sizes } from '../data.ts'
import { spreadOf, type Figure } from '../figures.ts'
import { removeDatabase } from '../import-bench.ts'
import type { IngestScene } from './ingest-scene.ts'
import type { Pushed, PushedOptions } from './pushed.ts'
import { formats } from './scene.ts'

const BATCH = 1000
const BATCHES_AT_ONCE = 8

/** What the thread that writes takes in, and what it writes for that. */
export async function batchFigures(scene: IngestScene): Promise<Figure[]> {
  const { bench, ids, amounts, fromHour } = scene
  const push = async (options: Omit<PushedOptions, 'batch' | 'fromHour'>) => {
    const path = scene.copy('pushed')
    const json = JSON.stringify({ ...options, batch: BATCH, fromHour } satisfies PushedOptions)
    const { stdout } = await runNode([bench.programs.pushed, path, json])
    removeDatabase(path)
    return JSON.parse(stdout) as Pushed
  }
  const figures: Figure[] = []
  for (const format of formats) {
    const polls = amounts.batches * BATCH
    const pushed: Pushed[] = []
    for (let run = 0; run < Math.min(bench.runs, 3); run++) {
      pushed.push(await push({ polls, atOnce: BATCHES_AT_ONCE, format }))
    }
    const nsPerPoll = pushed.map(({ ms }) => (ms * 1e6) / polls)
    figures.push(
      {
        name: `a poll pushed in batches of 1,000 as ${format}, durable`,
        unit: 'ns',
        ours: spreadOf(nsPerPoll),
        goal: { of: 'figure', most: 10_000 },
        note: `${perSecond(spreadOf(nsPerPoll).median)} polls a second, ${BATCHES_AT_ONCE} batches at once`,
      },
      {
        name: `the same, CPU, ${format}`,
        unit: 'ns',
        ours: spreadOf(pushed.map(({ cpuMs }) => (cpuMs * 1e6) / polls)),
      },
    )
  }
  const polls = Math.ceil((ids.length * amounts.hours) / BATCH) * BATCH
  const { ms, foldedBytes, writtenBytes, peakBytes } = await push({ polls, atOnce: 1, format: 'json' })
  figures.push({
    name: 'a poll pushed in batches of 1,000, one by one, durable',
    unit: 'ns',
    ours: spreadOf([(ms * 1e6) / polls]),
    note: `${perSecond((ms * 1e6) / polls)} polls a second, ${polls} of them; peak memory ${((peakBytes ?? 0) / MIB).toFixed(0)} MiB`,
  })
  figures.push({
    name: 'written for a poll, with all of it in its week',
    unit: 'bytes',
    ...(foldedBytes === undefined
      ? { note: 'not known on this system' }
      : {
          ours: spreadOf([foldedBytes / polls]),
          note: `${(foldedBytes / polls / 4).toFixed(1)} times its 4 bytes; ${(writtenBytes! / polls / 4).toFixed(1)} when the last was answered`,
        }),
    goal: { of: 'figure', most: ids.length >= sizes.country ? 200 : 140 },
  })
  return figures
}

export function perSecond(ns: number): string {
  return Math.round(1e9 / ns).toLocaleString('en-US')
}
