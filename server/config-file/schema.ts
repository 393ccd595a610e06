import * as z from 'zod'
import { config, type Setting } from '../config.ts'
import { describeLimits, type LimitName } from '../limits/setting.ts'
import { alertsSetting } from './alerts-setting.ts'
import { oidcSetting } from './oidc-setting.ts'
import { pollerSettings } from './poller-setting.ts'
import { sourceSettings } from './source-setting.ts'

const settingText = z
  .union([z.string(), z.number(), z.boolean()], 'write a text or a number')
  .transform((value) => String(value))
  .optional()

const settings = Object.fromEntries(
  Object.entries(config.shape).map(([setting, { description = '' }]) => [
    setting,
    settingText.describe(description),
  ]),
) as Readonly<Record<Setting, typeof settingText>>

const limitTexts = Object.fromEntries(
  describeLimits().map(({ name, description }) => [name, settingText.describe(description)]),
) as Readonly<Record<LimitName, typeof settingText>>

/** What a configuration file may have: the settings, each checked with those of other origins. */
export const configFile = z.strictObject({
  ...settings,
  limits: z.strictObject(limitTexts, 'write a limit on each line below, or leave the key out').optional(),
  sources: sourceSettings,
  pollers: pollerSettings,
  oidc: oidcSetting.optional(),
  alerts: alertsSetting.optional(),
})
