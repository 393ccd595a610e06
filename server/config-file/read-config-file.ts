import type { GivenSettings } from '../config.ts'
import { checkedBy, placeOf } from './checked-file.ts'
import { configFile } from './schema.ts'
import type { AlertsSetting } from './alerts-setting.ts'
import type { OidcSetting } from './oidc-setting.ts'
import type { PollerSetting } from './poller-setting.ts'
import type { SourceSetting } from './source-setting.ts'
import { readYamlFile } from './yaml-file.ts'

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
  const { sources, pollers, oidc, alerts, limits, ...values } = checkedBy(configFile, path, yaml)
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
