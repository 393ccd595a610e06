import { shownDatabase } from '../shared/database-url.ts'
import { describeSettings, type Config, type GivenSettings, type Setting } from './config.ts'
import { nearestKey } from './config-file/known-keys.ts'
import { describeLimits } from './limits/setting.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Flags = Readonly<Partial<Record<Setting, string | undefined>>>

/** A setting as it counts, and where that comes from. */
export interface SettingOrigin {
  readonly setting: string
  readonly value: string
  readonly from: string
}

/** Variables that are no settings of a server. */
const otherVariables = ['STORE_MONITOR_URL', 'STORE_MONITOR_CONFIG', 'STORE_MONITOR_KEY']

/** Each setting, and the limits that are not as they usually are. */
export function settingOrigins(
  config: Config,
  environment: Environment,
  flags: Flags,
  file: GivenSettings | undefined,
): SettingOrigin[] {
  const settings = describeSettings().map(({ key, flag, variables, shown }) => {
    const variable = variables.find((name) => environment[name])
    const ofFile = file?.values[key] === undefined ? undefined : file.placeOf(key)
    const from = (flags[key] !== undefined ? flag : undefined) ?? variable ?? ofFile ?? 'default'
    return { setting: key, value: shownValue(key, config[key], shown), from: withoutKey(from, key) }
  })
  const limits = describeLimits().flatMap(({ name, variable, shown }) => {
    const isOfFile = file?.limits?.[name] !== undefined
    const from = environment[variable] ? variable : isOfFile ? file.placeOf(`limits.${name}`) : undefined
    if (from === undefined) return []
    const setting = `limits.${name}`
    return [{ setting, value: shown(config.limits[name]), from: withoutKey(from, setting) }]
  })
  return [...settings, ...limits]
}

function shownValue(key: Setting, value: Config[Setting], shown: (value: never) => string): string {
  if (value === undefined) return ''
  return key === 'databaseUrl' ? shownDatabase(String(value)) : shown(value as never)
}

/** `port in a.yaml, line 3` is `a.yaml, line 3` beside the name of the setting. */
function withoutKey(place: string, key: string): string {
  return place.startsWith(`${key} in `) ? place.slice(key.length + 4) : place
}

/** Variables that look like ours, and are none, with the one that may be meant. */
export function unknownVariables(
  environment: Environment,
): { readonly name: string; readonly nearest: string | undefined }[] {
  const known = [
    ...describeSettings().flatMap(({ variables }) => variables),
    ...describeLimits().map(({ variable }) => variable),
    ...otherVariables,
  ]
  const ours = known.filter((name) => name.startsWith('STORE_MONITOR_'))
  const alike = (name: string) => nearestKey(name, ours)
  return Object.keys(environment)
    .filter((name) => /^STORE_?MONITOR_?/i.test(name) && !known.includes(name))
    .map((name) => ({ name, nearest: alike(name) }))
}
