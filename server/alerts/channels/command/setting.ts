import { isAbsolute } from 'node:path'
import * as z from 'zod'
import { channelNameKey } from '../given-channel.ts'

export const commandSetting = z
  .strictObject({
    name: channelNameKey,
    type: z.literal('command').describe('A program of this machine, with each event as JSON on its stdin'),
    command: z
      .array(z.string(), 'write a list: the program, and what it is given')
      .min(1, 'write the program')
      .max(100, 'at most 100')
      .refine(
        ([program = '']) => isAbsolute(program),
        'write where the program is, such as /usr/local/bin/page',
      )
      .describe('The program, with its path, and what it is given; no shell reads it'),
  })
  .describe('Runs a program; where it ends with 0, the event has arrived')
export type CommandSetting = z.output<typeof commandSetting>
