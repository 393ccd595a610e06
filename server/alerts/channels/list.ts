/** The one list of what channels there are; each is loaded where there is one. */
import * as z from 'zod'
import type { Channel, ChannelContext } from './channel.ts'
import { commandSetting } from './command/setting.ts'
import { emailSetting } from './email/setting.ts'
import { shownTarget } from './given-channel.ts'
import { pagerdutySetting } from './pagerduty/setting.ts'
import { slackSetting } from './slack/setting.ts'
import { stdoutSetting } from './stdout/setting.ts'
import { teamsSetting } from './teams/setting.ts'
import { webhookSetting } from './webhook/setting.ts'

const settings = [
  webhookSetting,
  emailSetting,
  slackSetting,
  teamsSetting,
  pagerdutySetting,
  commandSetting,
  stdoutSetting,
] as const

const channelTypes = settings.map(({ shape }) => shape.type.value)
export const channelSetting = z.discriminatedUnion('type', settings, {
  error: ({ code }) =>
    code === 'invalid_union' ? `write ${channelTypes.join(', ')}` : 'write a channel, with a name and a type',
})
export type ChannelSetting = z.output<typeof channelSetting>

export async function openChannel(setting: ChannelSetting, context: ChannelContext): Promise<Channel> {
  switch (setting.type) {
    case 'webhook':
      return (await import('./webhook/webhook.ts')).webhookChannel(setting, context)
    case 'email':
      return (await import('./email/email.ts')).emailChannel(setting, context)
    case 'slack':
      return (await import('./slack/slack.ts')).slackChannel(setting, context)
    case 'teams':
      return (await import('./teams/teams.ts')).teamsChannel(setting, context)
    case 'pagerduty':
      return (await import('./pagerduty/pagerduty.ts')).pagerdutyChannel(setting, context)
    case 'command':
      return (await import('./command/command.ts')).commandChannel(setting, context)
    case 'stdout':
      return (await import('./stdout/stdout.ts')).stdoutChannel(context)
  }
}

/** Whether people read it: then it is told together, and not all night. */
export function isForPeople(
  setting: ChannelSetting,
): setting is Extract<ChannelSetting, { readonly type: 'email' | 'slack' | 'teams' }> {
  return setting.type === 'email' || setting.type === 'slack' || setting.type === 'teams'
}

/** Where a channel leads, without secrets. */
export function targetOf(setting: ChannelSetting): string {
  switch (setting.type) {
    case 'webhook':
    case 'slack':
    case 'teams':
    case 'pagerduty':
      return shownTarget(setting.url)
    case 'email':
      return `${setting.to.join(', ')} by ${setting.host}`
    case 'command':
      return setting.command[0]!
    case 'stdout':
      return 'stdout'
  }
}
