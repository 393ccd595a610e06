import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { TemporaryFolder } from '../support/temporary-folder.ts'

const root = join(import.meta.dirname, '../..')

export interface VersionBefore {
  /** What starts its command. */
  readonly launcher: string
  /** The migration that it does not know. */
  readonly migration: string
}

/** Lays out the version before the newest migration, from the history of a clone; undefined where that does not reach so far. */
export function versionBefore(folder: TemporaryFolder): VersionBefore | undefined {
  const newest = readdirSync(join(root, 'migrations'))
    .filter((name) => /^\d{3}-.*\.ts$/.test(name))
    .toSorted()
    .at(-1)!
  const path = folder.file('before')
  try {
    const added = git('log', '--diff-filter=A', '--format=%H', '-1', '--', `migrations/${newest}`).trim()
    if (added === '') return undefined
    execFileSync('/bin/sh', ['-c', 'mkdir "$0" && git archive "$1" | tar -x -C "$0"', path, `${added}^`], {
      cwd: root,
      stdio: 'pipe',
    })
  } catch {
    return undefined
  }
  const launcher = join(path, 'client/cli/store-monitor.js')
  if (!existsSync(launcher)) return undefined
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'))
  // Its page takes seconds to make, and is not asked for.
  rmSync(join(path, 'build/web.ts'), { force: true })
  return { launcher, migration: newest.replace('.ts', '') }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
}
