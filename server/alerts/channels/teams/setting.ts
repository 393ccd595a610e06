import * as z from 'zod'
import {
  channelAllowPrivate,
  channelNameKey,
  channelQuiet,
  channelUrl,
  channelZone,
} from '../given-channel.ts'

export const teamsSetting = z
  .strictObject({
    name: channelNameKey,
    type: z
      .literal('teams')
      .describe('A card to a workflow of Microsoft Teams that posts what a webhook receives'),
    url: channelUrl,
    zone: channelZone,
    quiet: channelQuiet,
    allowPrivate: channelAllowPrivate,
  })
  .describe('Tells people in Teams')
export type TeamsSetting = z.output<typeof teamsSetting>
