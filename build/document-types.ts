/**
 * Puts what the schemas say of each field into the declarations that tsc has written to dist, as comments: editors show
 * those, and Zod's inferred types have none.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inputDescriptions, sharedDescriptions, type Descriptions } from './descriptions.ts'

const dist = join(import.meta.dirname, '../dist')
const shared = await sharedDescriptions()

/** The members of an object type: the lines on which they stand. */
interface Block {
  /** The fields that it is in, from the outermost. */
  readonly path: readonly string[]
  readonly members: { readonly name: string; readonly line: number }[]
}

for (const file of globSync('{shared,server/api}/**/*.d.ts', { cwd: dist })) {
  const place = join(dist, file)
  writeFileSync(place, documented(readFileSync(place, 'utf8')))
}

/** The same declarations, with comments. */
function documented(source: string): string {
  const lines = source.split('\n')
  const comments = new Map<number, string>()
  for (const { path, members } of blocksOf(lines)) {
    const names = members.map(({ name }) => name)
    const texts = descriptionsAt(path).of(path.at(-1) ?? '', names)
    for (const { name, line } of members) {
      const text = texts?.get(name) ?? ''
      if (text !== '' && !lines[line - 1]!.endsWith('*/')) comments.set(line, text)
    }
  }
  return lines.flatMap((line, at) => [...commentLine(line, comments.get(at)), line]).join('\n')
}

function commentLine(line: string, text: string | undefined): string[] {
  if (text === undefined) return []
  return [`${/^ */.exec(line)![0]}/** ${text.replaceAll('*/', '*\\/')} */`]
}

/** What is said of the fields of a type: in the router, those of an input are known by its procedure. */
function descriptionsAt(path: readonly string[]): Descriptions {
  const at = path.indexOf('input')
  return (at > 0 ? inputDescriptions(path.slice(0, at).join('.')) : undefined) ?? shared
}

/** All object types, as tsc writes them: a member a line, and braces at the ends of lines. */
function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  const open: Block[] = []
  for (const [line, text] of lines.entries()) {
    const closed = /^\s*\}/.test(text) ? open.pop() : undefined
    const [, quoted, name = quoted] = /^\s*(?:readonly )?(?:"([^"]+)"|([\w$]+))\??: /.exec(text) ?? []
    if (name !== undefined) open.at(-1)?.members.push({ name, line })
    if (!text.endsWith('{')) continue
    const outer = open.at(-1)?.path ?? []
    const block = { path: closed?.path ?? (name === undefined ? outer : [...outer, name]), members: [] }
    open.push(block)
    blocks.push(block)
  }
  return blocks
}
