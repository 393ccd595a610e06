import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../shared/app-error.ts'
import type { CommandContext } from './context.ts'

/** What is to be imported. Disposing removes what was put aside for it. */
export interface InputFiles extends AsyncDisposable {
  readonly paths: readonly string[]
  /** What records call the file, where its path says nothing. */
  readonly source: string | undefined
}

/** The files and folders of a command; `-` is what comes on stdin, which is put aside until it has ended. */
export async function filesOf(
  { stdin, signal }: Pick<CommandContext, 'stdin' | 'signal'>,
  paths: readonly string[],
): Promise<InputFiles> {
  if (!paths.includes('-')) return { paths, source: undefined, async [Symbol.asyncDispose]() {} }
  if (paths.length > 1) {
    throw new AppError(
      'invalid',
      '- reads stdin, and stands alone: import the other files by a further command',
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'store-monitor-stdin-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'stdin.csv')
    await pipeline(stdin(), createWriteStream(path), { signal })
    return { paths: [path], source: 'stdin', [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}
