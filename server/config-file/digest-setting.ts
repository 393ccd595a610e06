import * as z from 'zod'
import { digestPeriods } from '../../shared/digest.ts'
import { givenLabels } from '../../shared/group.ts'
import { localTime } from '../alerts/channels/given-channel.ts'
import { givenName, givenZone } from './given.ts'

export const digestSetting = z
  .strictObject({
    name: givenName.describe('What it is called in lists'),
    channel: z.string('write the name of a channel').describe('By which channel it is told'),
    group: givenLabels.describe(
      'Only of stores that are in all of these groups, each as label=value (default: of all)',
    ),
    every: z
      .enum(digestPeriods, 'write day or week')
      .default('day')
      .describe('Whether it is of each day, or of each week from Monday to Sunday (default: day)'),
    at: localTime
      .prefault('07:00')
      .describe('At what local time of the next day, or on Monday, it is told (default: "07:00")'),
    zone: givenZone.describe('The zone of that time, and of where days begin (default: UTC)'),
  })
  .describe('What is told of each day or week')
export type DigestSetting = z.output<typeof digestSetting>
