import type * as z from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { knownKeysAt, nearestKey } from './known-keys.ts'
import type { YamlFile } from './yaml-file.ts'

/** What a file says, as a schema reads it. Throws an `invalid` AppError that names what is wrong, and where. */
export function checkedBy<Schema extends z.ZodType>(
  schema: Schema,
  path: string,
  yaml: YamlFile,
): z.output<Schema> {
  const checked = schema.safeParse(yaml.value ?? {})
  if (!checked.success) throw wrong(schema, path, yaml, firstOf(checked.error.issues))
  return checked.data
}

/** Where something stands in a file, in words. */
export function placeOf(path: string, yaml: YamlFile, keys: readonly PropertyKey[]): string {
  const line = yaml.lineOf(keys)
  return line === undefined ? path : `${path}, line ${line}`
}

/** A key that is misspelt says why another is missing. */
function firstOf(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  return issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!
}

function wrong(schema: z.ZodType, path: string, yaml: YamlFile, issue: z.core.$ZodIssue): AppError {
  if (issue.code !== 'unrecognized_keys') {
    const what = issue.path.length === 0 ? '' : `${keyText(issue.path)}: `
    return new AppError('invalid', `${placeOf(path, yaml, issue.path)}: ${what}${messageOf(issue)}`)
  }
  const [key = ''] = issue.keys
  const known = knownKeysAt(schema, issue.path, yaml.value)
  const nearest = nearestKey(key, known)
  const remedy = nearest === undefined ? `known ones are ${known.join(', ')}` : `is "${nearest}" meant?`
  const within = issue.path.length === 0 ? '' : ` in ${keyText(issue.path)}`
  return new AppError(
    'invalid',
    `${placeOf(path, yaml, [...issue.path, key])}: there is no key "${key}"${within}: ${remedy}`,
  )
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  if (issue.code === 'invalid_type' && issue.path.length === 0)
    return 'it has no keys: write some, as in "key: value"'
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return isMissing ? 'it is missing' : issue.message
}

/** `sources[0].url` */
function keyText(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('')
}
