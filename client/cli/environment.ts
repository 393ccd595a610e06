import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { AppError } from '../../shared/app-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The variables of a file such as `.env`, where there is one, and those of the process, which count first. */
export function readEnvironment(path: string, ofProcess: Environment): Environment {
  return { ...parseEnv(textOf(path)), ...ofProcess }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR') return '' // a folder of that name is something else
    throw new AppError('invalid', `${path} cannot be read: ${message}`, { cause: error })
  }
}
