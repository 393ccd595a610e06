/** The one list of what channels there are; each is loaded where there is one. */
import * as z from 'zod'
import type { Channel, ChannelContext } from './channel.ts'
import { shownTarget } from './given-channel.ts'
import { stdoutSetting } from './stdout/setting.ts'
import { webhookSetting } from './webhook/setting.ts'

const settings = [webhookSetting, stdoutSetting] as const

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
    case 'stdout':
      return (await import('./stdout/stdout.ts')).stdoutChannel(context)
  }
}

/** Where a channel leads, without secrets. */
export function targetOf(setting: ChannelSetting): string {
  switch (setting.type) {
    case 'webhook':
      return shownTarget(setting.url)
    case 'stdout':
      return 'stdout'
  }
}
