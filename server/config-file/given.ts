/** What sources and pollers have in common, as it is written. */
import { Cron } from 'croner'
import parseJsonPath from 'jsonpath-rfc9535/parser'
import * as z from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { parseDuration } from '../../shared/duration.ts'
import { readBy } from '../../shared/read-by.ts'
import { parseSize } from '../../shared/size.ts'

/** A text or a number, as `read` reads it. */
export function givenBy<Output>(read: (text: string) => Output) {
  return z
    .union([z.string(), z.number()], 'write a text or a number')
    .transform(readBy((given) => read(String(given))))
}

export const givenName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/, 'a name has at most 50 letters, digits, ".", "_" and "-"')

export function givenUrl(protocols: readonly string[], example: string) {
  return z.string().refine((text) => {
    const url = URL.parse(withoutPlaces(text))
    return url !== null && protocols.includes(url.protocol)
  }, `write a URL such as ${example}`)
}

/** Without what is put in later. */
function withoutPlaces(text: string): string {
  return text.replaceAll(/\$?\{\w*\}/g, 'x')
}

export const givenHeaders = z
  .record(
    z.string().regex(/^[!#$%&'*+.^`|~\w-]+$/, 'that is no name of a header'),
    z
      .union([z.string(), z.number()], 'write a text')
      .transform(String)
      .refine((text) => /^[\t\x20-\x7E]*$/.test(text), 'a header has ASCII characters on one line'),
  )
  .default({})
  .describe(
    'Headers of each request; `${NAME}` stands for a variable of the environment, `file:/run/secrets/x` for what a file has',
  )

export const givenAllowPrivate = z
  .boolean('write true or false')
  .default(false)
  .describe('Whether it may have an address of this machine or its network, and lead to one (default: false)')

export function givenDuration(least: number, most: number, forms: string) {
  return givenBy((text) => {
    const ms = parseDuration(text)
    if (ms < least || ms > most) throw new AppError('invalid', `"${text}" is not from ${forms}`)
    return ms
  })
}

export const givenBytes = givenBy((text) => {
  const bytes = parseSize(text)
  if (bytes !== undefined && bytes >= 1 && bytes <= 64e9) return bytes
  throw new AppError('invalid', `"${text}" is no size up to 64GB: write a number of bytes, or such as 100MB`)
})

export const givenSchedule = z
  .string()
  .refine(isSchedule, 'write when as cron does: minute, hour, day, month, weekday, such as "15 * * * *"')

function isSchedule(text: string): boolean {
  try {
    return new Cron(text, { timezone: 'UTC' }).nextRun(new Date(0)) !== null
  } catch {
    return false
  }
}

export const givenZone = z.string().refine(isZone, 'write a zone such as America/Chicago').default('UTC')

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions()
    return true
  } catch {
    return false
  }
}

/** A JSONPath of RFC 9535. */
export const givenPath = z.string().refine((text) => pathProblem(text) === undefined, {
  error: ({ input }) => `it is no JSONPath such as $.data[*]: ${pathProblem(String(input))}`,
})

function pathProblem(text: string): string | undefined {
  try {
    parseJsonPath(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The name of a field, or a JSONPath from where it is. */
export const givenField = z
  .string()
  .min(1, 'write the name of a field, or a JSONPath')
  .refine((text) => !text.startsWith('$') || pathProblem(text) === undefined, {
    error: ({ input }) => `it is no JSONPath such as $.store.id: ${pathProblem(String(input))}`,
  })

/** Settings of one kind, each with a name of its own. */
export function givenList<Item extends z.ZodType<{ readonly name: string }>>(
  item: Item,
  most: number,
  what: string,
) {
  return z
    .array(item, `write a list of ${what}, or leave the key out`)
    .max(most, `at most ${most} ${what}`)
    .superRefine(haveOwnNames)
    .prefault([])
}

/** Names what has the name of one before it. */
function haveOwnNames(given: readonly { readonly name: string }[], context: z.core.$RefinementCtx): void {
  for (const [i, { name }] of given.entries()) {
    if (given.findIndex((one) => one.name === name) === i) continue
    context.issues.push({
      code: 'custom',
      input: name,
      path: [i, 'name'],
      message: `"${name}" is the name of another one already`,
    })
  }
}
