import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import { runNode } from './child.ts'
import { sizes } from './data.ts'
import { measuredInTurn, type Figure } from './figures.ts'
import { createHttpClient } from './http.ts'
import { requestReport } from './report-bench.ts'
import { startBenchServer } from './server.ts'

const source = fileURLToPath(new URL('../../client/cli/store-monitor.js', import.meta.url))

/** How soon the CLI writes its first byte: as a package, which is built, and in a clone, which runs the source. */
export async function benchStart({ data, programs, databasePath, startRuns }: Bench): Promise<Figure[]> {
  await using server = await startBenchServer(programs, databasePath)
  using client = createHttpClient(server.url)
  const reportId = await requestReport(client)

  const timeOf = async (args: readonly string[]) => (await runNode(args)).msToFirstByte
  const time = async (args: readonly string[]) => {
    await runNode(args) // so that its files are in the page cache
    return measuredInTurn(startRuns, () => timeOf(args), {
      name: 'node -e 0',
      run: () => timeOf(['-e', '0']),
    })
  }
  const status = ['report-status', reportId]
  const commands = {
    '--help': ['--help'],
    'report-status --url': [...status, '--url', server.url],
    'report-status --database': [...status, '--database', databasePath],
  }
  const figures: Figure[] = []
  for (const [name, args] of Object.entries(commands)) {
    figures.push({
      name: `CLI to first byte, ${name}`,
      unit: 'ms',
      ...(await time([programs.cli, ...args])),
      goal: { of: 'ratio', most: 3 },
    })
  }
  if (data.stores <= sizes.small) return figures
  for (const [name, args] of Object.entries(commands)) {
    figures.push({
      name: `CLI to first byte, ${name}, in a clone`,
      unit: 'ms',
      ...(await time([source, ...args])),
    })
  }
  return figures
}
