import { readFile } from 'node:fs/promises'
import type { Document } from 'yaml'
import { AppError } from '../../shared/app-error.ts'

type Path = readonly PropertyKey[]

/** What a file of YAML, or JSON, says, and where. */
export interface YamlFile {
  readonly value: unknown
  /** The line of a key, or of the nearest one around it; undefined where there is none. */
  lineOf(path: Path): number | undefined
}

const MOST_BYTES = 1024 * 1024

/** Throws an `invalid` AppError for a file that cannot be read, or is no YAML. JSON is YAML, too. */
export async function readYamlFile(path: string, what = 'configuration file'): Promise<YamlFile> {
  const text = await textOf(path, what)
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    throw new AppError('invalid', `${path}, line ${lines.linePos(error.pos[0]).line}: ${error.message}`)
  }

  function lineOf(keys: Path): number | undefined {
    let node: unknown = (document as Document).contents
    let offset: number | undefined
    for (const key of keys) {
      if (isSeq(node)) {
        node = node.items[Number(key)]
        offset = startOf(node) ?? offset
      } else if (isMap(node)) {
        const pair = node.items.find(
          (one) => String(isScalar(one.key) ? one.key.value : one.key) === String(key),
        )
        if (pair === undefined) break
        offset = startOf(pair.key) ?? offset
        node = pair.value
      } else break
    }
    return offset === undefined ? undefined : lines.linePos(offset).line
  }

  return { value: valueOf(path, document), lineOf }
}

async function textOf(path: string, what: string): Promise<string> {
  try {
    const bytes = await readFile(path)
    if (bytes.length > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`)
    return bytes.toString('utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new AppError('invalid', `there is no ${what} ${path}`)
    throw new AppError('invalid', `${path} cannot be read: ${message}`, { cause: error })
  }
}

function valueOf(path: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown
  } catch (error) {
    throw new AppError('invalid', `${path}: ${(error as Error).message}`, { cause: error })
  }
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] } | undefined)?.range?.[0]
}
