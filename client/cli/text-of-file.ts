import { readFile } from 'node:fs/promises'
import { AppError } from '../../shared/app-error.ts'

/** What a file has that an option names. Throws a `not-found` AppError where it cannot be read. */
export async function textOfFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new AppError('not-found', `${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
