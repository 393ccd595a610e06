import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MIB } from '../bench.ts'
import { compilingOnce, runNode } from '../child.ts'
import { sizes } from '../data.ts'
import { scaled, spreadOf, type Figure } from '../figures.ts'
import { removeDatabase } from '../import-bench.ts'
import { writePollFile } from './files.ts'
import type { Hourly } from './hourly.ts'
import type { IngestScene } from './ingest-scene.ts'

/** A file with a poll of each store, against what it took to write each into its week. */
export async function hourlyFigures(scene: IngestScene): Promise<Figure[]> {
  const { bench, ids, fromHour } = scene
  const file = join(bench.folder, 'hourly.csv')
  await writePollFile(file, ids, fromHour)
  const imports = { tail: [] as Hourly[], weeks: [] as Hourly[] }
  for (let run = 0; run < bench.importRuns; run++) {
    for (const where of ['tail', 'weeks'] as const) {
      const path = scene.copy('hourly')
      const { stdout } = await runNode([bench.programs.hourly, path, file, where], { env: compilingOnce })
      imports[where].push(JSON.parse(stdout) as Hourly)
      removeDatabase(path)
    }
  }
  await rm(file)
  const cpuOf = (which: keyof typeof imports) => imports[which].map(({ cpuMs }) => cpuMs)
  const writtenOf = (which: keyof typeof imports) =>
    imports[which].flatMap(({ writtenBytes }) => writtenBytes ?? [])
  const name = 'written for an hourly file'
  const figures: Figure[] = [
    {
      name: 'an hourly file, CPU',
      unit: 'ms',
      ours: spreadOf(cpuOf('tail')),
      baseline: {
        name: 'into the weeks',
        value: spreadOf(cpuOf('weeks')),
        ratio: spreadOf(cpuOf('tail').map((ms, i) => ms / cpuOf('weeks')[i]!)),
      },
      // Of few stores it takes as long to begin.
      goal: ids.length >= sizes.country ? { of: 'ratio', most: 0.333 } : undefined,
    },
    { name: 'an hourly file', unit: 'ms', ours: spreadOf(imports.tail.map(({ ms }) => ms)) },
  ]
  if (writtenOf('tail').length === 0)
    return [...figures, { name, unit: 'MiB', note: 'not known on this system' }]
  return [
    ...figures,
    {
      name,
      unit: 'MiB',
      ours: scaled(spreadOf(writtenOf('tail')), 1 / MIB),
      baseline: { name: 'into the weeks', value: scaled(spreadOf(writtenOf('weeks')), 1 / MIB) },
      goal: { of: 'figure', most: 23.8 },
    },
  ]
}
