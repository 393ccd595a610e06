import * as z from 'zod'
import { channelNameKey } from '../given-channel.ts'

export const stdoutSetting = z
  .strictObject({
    name: channelNameKey,
    type: z.literal('stdout').describe('A line of JSON for each event on the stdout of the server'),
  })
  .describe('Writes lines of JSON for whatever reads what the server writes')
