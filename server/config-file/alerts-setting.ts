import * as z from 'zod'
import { channelSetting } from '../alerts/channels/list.ts'
import { givenList } from './given.ts'

export const alertsSetting = z
  .strictObject({
    channels: givenList(channelSetting, 50, 'channels').describe('By what is told what happened'),
  })
  .describe('What is told to people and programs elsewhere')
export type AlertsSetting = z.output<typeof alertsSetting>
