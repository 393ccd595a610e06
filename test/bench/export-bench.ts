import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { pollFormats } from '../../shared/poll-file.ts'
import { MIB, type Bench } from './bench.ts'
import { scaled, spreadOf, type Figure } from './figures.ts'
import { startBenchServer } from './server.ts'

/** The most nanoseconds of a processor that a poll may take. */
const goals = { csv: 500, ndjson: 700, parquet: 1500 } as const
const MOST_MIB = 300

/** Files of all polls, taken as quickly as they come: in time of a processor, of whatever thread, and in memory. */
export async function benchExport({ programs, databasePath, data, runs }: Bench): Promise<Figure[]> {
  await using server = await startBenchServer(programs, databasePath)
  await readToEnd(`${server.url}/polls?format=csv`)
  const before = await server.tell()
  const figures: Figure[] = []
  for (const format of pollFormats) {
    const values: number[] = []
    for (let run = 0; run < runs; run++) {
      const { cpuMs } = await server.tell()
      await readToEnd(`${server.url}/polls?format=${format}`)
      values.push((((await server.tell()).cpuMs - cpuMs) * 1e6) / data.polls)
    }
    figures.push({
      name: `export as ${format}, of a poll`,
      unit: 'ns',
      ours: spreadOf(values),
      goal: { of: 'figure', most: goals[format] },
      note: 'of a processor',
    })
  }
  const { residentBytes } = await server.tell()
  figures.push({
    name: 'export, further memory',
    unit: 'MiB',
    ours: scaled(spreadOf([Math.max(0, residentBytes - before.residentBytes)]), 1 / MIB),
    goal: { of: 'figure', most: MOST_MIB },
  })
  return figures
}

async function readToEnd(url: string): Promise<void> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`${url} was answered with ${response.statusCode}`)
  response.resume()
  await once(response, 'end')
}
