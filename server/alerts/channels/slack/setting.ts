import * as z from 'zod'
import {
  channelAllowPrivate,
  channelNameKey,
  channelQuiet,
  channelUrl,
  channelZone,
} from '../given-channel.ts'

export const slackSetting = z
  .strictObject({
    name: channelNameKey,
    type: z
      .literal('slack')
      .describe('A text to an incoming webhook as Slack, Mattermost and others have it'),
    url: channelUrl,
    zone: channelZone,
    quiet: channelQuiet,
    allowPrivate: channelAllowPrivate,
  })
  .describe('Tells people in a chat')
export type SlackSetting = z.output<typeof slackSetting>
