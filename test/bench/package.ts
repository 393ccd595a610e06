import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { bundlePackage } from '../../build/bundle.ts'

const clone = join(import.meta.dirname, '../..')

/** The programs that are measured, built as the published package is. */
export interface Programs {
  /** The command. */
  readonly cli: string
  /** See `imported.ts`, `served.ts` and `looked.ts`. */
  readonly imported: string
  readonly served: string
  readonly looked: string
  /** See `ingest/`. */
  readonly pushed: string
  readonly hourly: string
}

/** Puts a folder together as npm would install the package, with the benchmark's own programs in it. */
export async function layOutPackage(folder: string): Promise<Programs> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const part of ['package.json', 'client/cli/store-monitor.js', 'docs']) {
    cpSync(join(clone, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(clone, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const dist = join(folder, 'dist')
  await bundlePackage(dist, {
    imported: 'test/bench/imported.ts',
    served: 'test/bench/served.ts',
    looked: 'test/bench/looked.ts',
    pushed: 'test/bench/ingest/pushed.ts',
    hourly: 'test/bench/ingest/hourly.ts',
  })
  return {
    cli: join(folder, 'client/cli/store-monitor.js'),
    imported: join(dist, 'imported.js'),
    served: join(dist, 'served.js'),
    looked: join(dist, 'looked.js'),
    pushed: join(dist, 'pushed.js'),
    hourly: join(dist, 'hourly.js'),
  }
}
