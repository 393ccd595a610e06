import * as z from 'zod'
import { channelAllowPrivate, channelUrl } from '../alerts/channels/given-channel.ts'
import { givenDuration, givenHeaders } from './given.ts'

const SECOND_MS = 1000
const DAY_MS = 86_400_000

export const heartbeatSetting = z
  .strictObject({
    url: channelUrl,
    every: givenDuration(10 * SECOND_MS, DAY_MS, '10s to 24h')
      .prefault('1m')
      .describe('How often it is asked (default: 1m)'),
    method: z
      .enum(['GET', 'POST'], 'write GET or POST')
      .default('GET')
      .describe('How it is asked, without a body: GET or POST (default: GET)'),
    headers: givenHeaders,
    allowPrivate: channelAllowPrivate,
  })
  .describe('What is asked again and again, so that somebody else notices when it is not any more')
export type HeartbeatSetting = z.output<typeof heartbeatSetting>
