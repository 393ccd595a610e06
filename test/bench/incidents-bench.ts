import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { MIB, type Bench } from './bench.ts'
import { compilingOnce, runNode } from './child.ts'
import { scaled, spreadOf, type Figure } from './figures.ts'
import { removeDatabase } from './import-bench.ts'
import type { Looked, Took } from './looked.ts'

const MILLION = 1_000_000
const MOST_MS_PER_MILLION = 5000
const MOST_TOUCHED_MS = 200
const MOST_MIB = 500

/** What it takes to look for incidents: in all stores, in those with new polls, and where nothing is new. */
export async function benchIncidents({
  data,
  programs,
  databasePath,
  folder,
  runs,
}: Bench): Promise<Figure[]> {
  const path = join(folder, 'looked.db')
  removeDatabase(path)
  copyFileSync(databasePath, path)
  const { stdout } = await runNode([programs.looked, path, `${runs}`], { env: compilingOnce })
  removeDatabase(path)
  const { first, all, reading, touched, touchedStores, unchanged, furtherBytes } = JSON.parse(
    stdout,
  ) as Looked
  const cpuOf = (several: readonly Took[]) => several.map(({ cpuMs }) => cpuMs)
  const msOf = (several: readonly Took[]) => several.map(({ ms }) => ms)
  const perMillion = MILLION / data.stores
  const ratios = all.map(({ cpuMs }, i) => cpuMs / reading[i]!.cpuMs)
  return [
    {
      name: 'incidents, the first look',
      unit: 'ms',
      ours: spreadOf([first.ms]),
      note: `${Math.round(first.cpuMs)} ms of a processor, with what ${first.events} events take to be recorded`,
    },
    {
      name: 'incidents, all stores, for a million',
      unit: 'ms',
      ours: scaled(spreadOf(msOf(all)), perMillion),
      goal: { of: 'figure', most: MOST_MS_PER_MILLION },
    },
    {
      name: 'incidents, all stores, CPU for a million',
      unit: 'ms',
      ours: scaled(spreadOf(cpuOf(all)), perMillion),
      baseline: {
        name: 'polls read and added up',
        value: scaled(spreadOf(cpuOf(reading)), perMillion),
        ratio: spreadOf(ratios),
      },
    },
    {
      name: `incidents, ${touchedStores} stores with new polls`,
      unit: 'ms',
      ours: spreadOf(msOf(touched)),
      goal: { of: 'figure', most: MOST_TOUCHED_MS },
      note: `${Math.round(spreadOf(cpuOf(touched)).median)} ms of a processor`,
    },
    { name: 'incidents, nothing new', unit: 'ms', ours: spreadOf(msOf(unchanged)) },
    {
      name: 'incidents, further memory',
      unit: 'MiB',
      ours: furtherBytes === undefined ? undefined : scaled(spreadOf([furtherBytes]), 1 / MIB),
      goal: { of: 'figure', most: MOST_MIB },
    },
  ]
}
