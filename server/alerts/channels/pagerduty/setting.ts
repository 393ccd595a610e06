import * as z from 'zod'
import { channelAllowPrivate, channelNameKey, channelUrl, givenSecret } from '../given-channel.ts'

export const pagerdutySetting = z
  .strictObject({
    name: channelNameKey,
    type: z.literal('pagerduty').describe('Each event to PagerDuty, as Events API v2 has it'),
    routingKey: givenSecret.describe(
      'The integration key of a service: `${NAME}` stands for a variable of the environment, `file:/run/secrets/x` for what a file has',
    ),
    url: channelUrl
      .prefault('https://events.pagerduty.com/v2/enqueue')
      .describe(
        'Where it leads (default: https://events.pagerduty.com/v2/enqueue; in Europe, events.eu.pagerduty.com)',
      ),
    allowPrivate: channelAllowPrivate,
  })
  .describe('Opens and closes incidents of PagerDuty')
export type PagerdutySetting = z.output<typeof pagerdutySetting>
