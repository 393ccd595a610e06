import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
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

const configFileNames = ['store-monitor.yaml', 'store-monitor.yml', 'store-monitor.json']

/** The configuration file in a folder, where there is one. */
export function findConfigFile(folder: string): string | undefined {
  const found = configFileNames
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
  if (found.length <= 1) return found[0]
  throw new AppError('invalid', `there are ${found.join(' and ')}: name one of them with --config`)
}
