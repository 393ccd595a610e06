import type * as z from 'zod'
import { AppError } from '../../shared/app-error.ts'
import type { GivenSettings } from '../config.ts'
import { knownKeysAt, nearestKey } from './known-keys.ts'
import { configFile } from './schema.ts'
import type { AlertsSetting } from './alerts-setting.ts'
import type { OidcSetting } from './oidc-setting.ts'
import type { PollerSetting } from './poller-setting.ts'
import type { SourceSetting } from './source-setting.ts'
import { readYamlFile, type YamlFile } from './yaml-file.ts'

/** What a configuration file says. */
export interface ConfigFile {
  readonly path: string
  readonly settings: GivenSettings
  readonly sources: readonly SourceSetting[]
  readonly pollers: readonly PollerSetting[]
  readonly oidc: OidcSetting | undefined
  readonly alerts: AlertsSetting | undefined
}

/** Reads and checks all of it. Throws an `invalid` AppError that names what is wrong, and where. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const yaml = await readYamlFile(path)
  const checked = configFile.safeParse(yaml.value ?? {})
  if (!checked.success) throw wrong(path, yaml, firstOf(checked.error.issues))
  const { sources, pollers, oidc, alerts, limits, ...values } = checked.data
  return {
    path,
    sources,
    pollers,
    oidc,
    alerts,
    settings: {
      values,
      limits,
      placeOf: (setting) => `${setting} in ${placeOf(path, yaml, setting.split('.'))}`,
    },
  }
}

function placeOf(path: string, yaml: YamlFile, keys: readonly PropertyKey[]): string {
  const line = yaml.lineOf(keys)
  return line === undefined ? path : `${path}, line ${line}`
}

/** A key that is misspelt says why another is missing. */
function firstOf(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  return issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!
}

function wrong(path: string, yaml: YamlFile, issue: z.core.$ZodIssue): AppError {
  if (issue.code !== 'unrecognized_keys') {
    const what = issue.path.length === 0 ? '' : `${keyText(issue.path)}: `
    return new AppError('invalid', `${placeOf(path, yaml, issue.path)}: ${what}${messageOf(issue)}`)
  }
  const [key = ''] = issue.keys
  const known = knownKeysAt(configFile, issue.path)
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
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return isMissing ? 'it is missing' : issue.message
}

/** `sources[0].url` */
function keyText(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('')
}
