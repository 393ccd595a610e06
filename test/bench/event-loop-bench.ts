import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, createReadStream } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import type { Data } from './data.ts'
import { percentile, spreadOf, type Figure } from './figures.ts'
import { createHttpClient, post, type HttpClient } from './http.ts'
import { removeDatabase } from './import-bench.ts'
import type { Latencies } from './load.ts'
import { requestReport } from './report-bench.ts'
import { startBenchServer, type Told } from './server.ts'

const REQUESTS_PER_SECOND = 200
const loadFile = fileURLToPath(new URL('./load.ts', import.meta.url))

/**
 * How a server answers others while it imports the polls of the week before and makes one report after the other. The
 * requests, the upload and the reports come from processes of their own.
 */
export async function benchEventLoop(bench: Bench, earlier: Data): Promise<Figure[]> {
  const told: Told[] = []
  const latencies: Latencies[] = []
  for (let run = 0; run < bench.runs; run++) {
    const result = await runUnderLoad(bench, earlier)
    told.push(result.told)
    latencies.push(result.latencies)
  }
  const delay = (which: keyof Told['delayMs']) => spreadOf(told.map(({ delayMs }) => delayMs[which]))
  const kinds = Object.keys(latencies[0]!)
  const requests = latencies.reduce((sum, one) => sum + Object.values(one).flat().length, 0)
  return [
    { name: 'event loop delay under load, p50', unit: 'ms', ours: delay('p50') },
    {
      name: 'event loop delay under load, p99',
      unit: 'ms',
      ours: delay('p99'),
      goal: { of: 'figure', most: 20 },
    },
    {
      name: 'event loop delay under load, most',
      unit: 'ms',
      ours: delay('max'),
      goal: { of: 'figure', most: 100 },
    },
    {
      name: 'requests under load, p50',
      unit: 'ms',
      ours: spreadOf(latencies.map((one) => percentile(Object.values(one).flat(), 0.5))),
    },
    {
      name: 'requests under load, p99',
      unit: 'ms',
      ours: spreadOf(latencies.map((one) => percentile(Object.values(one).flat(), 0.99))),
      goal: { of: 'figure', most: 50 },
      note: `${requests} requests`,
    },
    ...kinds.map((kind): Figure => ({
      name: `requests under load, p99 of ${kind}`,
      unit: 'ms',
      ours: spreadOf(latencies.map((one) => percentile(one[kind]!, 0.99))),
    })),
  ]
}

async function runUnderLoad(
  { programs, databasePath, folder }: Bench,
  earlier: Data,
): Promise<{ told: Told; latencies: Latencies }> {
  const path = join(folder, 'under-load.db')
  removeDatabase(path)
  copyFileSync(databasePath, path)
  await using server = await startBenchServer(programs, path)
  using client = createHttpClient(server.url)
  const reportId = await requestReport(client)
  const load = fork(loadFile, [server.url, reportId, String(REQUESTS_PER_SECOND)])
  await server.watch()
  await importDuringReports(client, earlier.pollsPath)
  const told = await server.tell()
  const answered = once(load, 'message') as Promise<[Latencies]>
  load.send('stop')
  const [latencies] = await answered
  return { told, latencies }
}

async function importDuringReports(client: HttpClient, pollsPath: string): Promise<void> {
  let isImporting = true
  const imported = post(client, '/imports?source=earlier.csv', createReadStream(pollsPath)).finally(() => {
    isImporting = false
  })
  while (isImporting) await requestReport(client)
  await imported
}
