import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import { runNode } from './child.ts'
import { sizes } from './data.ts'
import { measuredInTurn, type Figure } from './figures.ts'
import { createHttpClient } from './http.ts'
import { requestReport } from './report-bench.ts'
import { startBenchServer } from './server.ts'

const clone = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** How soon the CLI writes its first byte: as a package, which is built, and in a clone, which runs the source. */
export async function benchStart({ data, folder, databasePath, startRuns }: Bench): Promise<Figure[]> {
  const published = join(folder, 'package', 'client', 'cli', 'store-monitor.js')
  layOutPackage(join(folder, 'package'))
  const source = join(clone, 'client', 'cli', 'store-monitor.js')
  await using server = await startBenchServer(databasePath)
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
      ...(await time([published, ...args])),
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

/** Puts a folder together as npm would install it. */
function layOutPackage(folder: string): void {
  execFileSync('npm', ['run', 'build'], { cwd: clone, stdio: 'ignore', shell: process.platform === 'win32' })
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const part of ['package.json', 'dist', 'client/cli/store-monitor.js', 'docs']) {
    cpSync(join(clone, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(clone, 'node_modules'), join(folder, 'node_modules'), 'junction')
}
