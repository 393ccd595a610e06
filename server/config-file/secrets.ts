import { readFile } from 'node:fs/promises'
import { AppError } from '../../shared/app-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const place = /\$\{(\w+)\}/g

/** A text with what its `${NAME}` stand for. Throws an `invalid` AppError for one that is not set. */
export function withSecrets(text: string, environment: Environment): string {
  return text.replaceAll(place, (_, name: string) => {
    const value = environment[name]
    if (value) return value
    throw new AppError('invalid', `the variable ${name} is not set, and the configuration file wants it`)
  })
}

/** Headers with their secrets, each read anew, as they may be replaced. Throws an AppError for one that is not there. */
export async function headersWithSecrets(
  headers: Readonly<Record<string, string>>,
  environment: Environment,
): Promise<Record<string, string>> {
  const read = Object.entries(headers).map(
    async ([name, text]) => [name, await secretIn(text, environment)] as const,
  )
  return Object.fromEntries(await Promise.all(read))
}

/** A text with its secrets, or what the file has that it names. Throws an AppError where one is not there. */
export async function secretIn(text: string, environment: Environment): Promise<string> {
  const [, path] = /^file:(?:\/\/)?(\/.*)$/.exec(text) ?? []
  if (path === undefined) return withSecrets(text, environment)
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new AppError('unavailable', `the secret in ${path} cannot be read: ${(error as Error).message}`)
  })
  const secret = content.trim()
  if (/^[\t\x20-\x7E]+$/.test(secret)) return secret
  throw new AppError('invalid', `the secret in ${path} is empty, or not one line of ASCII`)
}

/** A URL as it may be shown: as it is written, without a password. */
export function shownUrl(text: string): string {
  return text.replace(/^(\w+:\/\/)[^/?#@]*@/, '$1…@')
}

/** Throws an `invalid` AppError where a variable is not set that headers or a URL want. */
export function requireSecrets(
  wanting: readonly { readonly url: string; readonly headers: Readonly<Record<string, string>> }[],
  environment: Environment,
): void {
  for (const { url, headers } of wanting) {
    for (const text of [url, ...Object.values(headers)]) withSecrets(text, environment)
  }
}
