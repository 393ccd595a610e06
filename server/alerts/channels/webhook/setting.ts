import * as z from 'zod'
import {
  channelAllowPrivate,
  channelHeaders,
  channelNameKey,
  channelUrl,
  givenSecret,
} from '../given-channel.ts'

const secretForm = 'As Standard Webhooks has it, `whsec_` and 24 to 64 bytes as base64'

export const webhookSetting = z
  .strictObject({
    name: channelNameKey,
    type: z.literal('webhook').describe('Each event is posted by itself, as Standard Webhooks has it'),
    url: channelUrl,
    secret: givenSecret.describe(
      `What messages are signed with: \`\${NAME}\` stands for a variable of the environment, \`file:/run/secrets/x\` for what a file has. ${secretForm}`,
    ),
    previousSecret: givenSecret
      .optional()
      .describe('Likewise, what they are signed with as well, while the secret is changed'),
    headers: channelHeaders,
    allowPrivate: channelAllowPrivate,
  })
  .describe('Posts each event to a program')
export type WebhookSetting = z.output<typeof webhookSetting>
