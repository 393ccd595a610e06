import * as z from 'zod'
import { count, isoInstant } from './fields.ts'

export const keepSettings = ['keepReports', 'keepRejectedRows', 'keepPolls'] as const
export type KeepSetting = (typeof keepSettings)[number]

export const retentionInput = z.strictObject({
  dryRun: z
    .boolean()
    .default(false)
    .describe('Whether nothing is deleted, and it is only told how much would be'),
})

const retained = z
  .object({
    setting: z.enum(keepSettings).describe('The setting that says for how long'),
    keptFor: z.string().describe('For how long, as a duration'),
    before: isoInstant.describe('What ended before that goes'),
    deleted: count.describe('How many reports, texts of rejected rows, or polls went, or would go'),
  })
  .describe('What one setting says')
export type Retained = z.infer<typeof retained>

export const retentionRun = z
  .object({
    isDryRun: z.boolean().describe('Whether nothing was deleted'),
    isWhole: z.boolean().describe('Whether all went; false where the server began to stop meanwhile'),
    items: z.array(retained).describe('For each of the settings that is set'),
  })
  .describe('What was older than it is kept')
export type RetentionRun = z.infer<typeof retentionRun>
