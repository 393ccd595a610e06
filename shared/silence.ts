import * as z from 'zod'
import { isoInstant } from './fields.ts'
import { givenLabels } from './group.ts'
import { storeId } from './ids.ts'
import { incidentConditions, severities } from './incident-condition.ts'
import { writtenLabel } from './label.ts'
import { pageInput, pageOf } from './page.ts'
import { instant } from './report.ts'
import { keptText } from './text.ts'

const silenceId = z
  .int()
  .positive()
  .max(2 ** 31 - 1)
  .describe('Number of a silence')

const severity = z.array(z.enum(severities)).min(1, 'write at least one severity').max(severities.length)
const condition = z
  .array(z.enum(incidentConditions))
  .min(1, 'write at least one condition')
  .max(incidentConditions.length)
const stores = z.array(storeId).min(1, 'write at least one store').max(1000, 'at most 1000 stores')

export const silence = z
  .object({
    silenceId,
    severity: severity.nullable().describe('Only what is of one of these; null: of all'),
    condition: condition.nullable().describe('Likewise'),
    labels: z
      .array(z.string())
      .nullable()
      .describe('Only of stores that have all of these labels; null: of all'),
    storeIds: z.array(z.string()).nullable().describe('Only of these stores; null: of all'),
    from: isoInstant.describe('From when'),
    to: isoInstant.describe('Until when: what is still so then is told'),
    state: z.enum(['to come', 'in force', 'over']).describe('Whether it is in force'),
    reason: z.string().describe('Why it was made'),
    author: z.string().nullable().describe('Who made it; null where that was not said'),
    createdAt: isoInstant.describe('When it was made'),
    endedAt: isoInstant.nullable().describe('When it was ended early; null where it was not'),
    endedBy: z.string().nullable().describe('Who did so; null likewise'),
  })
  .describe('A time in which some of what happens is not told')
export type Silence = z.infer<typeof silence>

export const newSilence = z
  .strictObject({
    severity: severity.optional().describe('Only what is of one of these (default: of all)'),
    condition: condition.optional().describe('Likewise'),
    labels: givenLabels
      .transform((labels) => labels?.map(writtenLabel))
      .pipe(z.array(z.string()).optional())
      .describe('Only of stores that are in all of these groups, each as label=value (default: of all)'),
    storeIds: stores.optional().describe('Only of these stores (default: of all)'),
    from: instant.optional().describe('From when (default: now)'),
    to: instant.describe('Until when').meta({ examples: ['2026-10-05T18:00:00Z'] }),
    reason: keptText.min(1, 'it is empty: say why').describe('Why it is made'),
    by: keptText.nullable().default(null).describe('Who makes it'),
  })
  .describe('A silence that is to be made')
export type NewSilence = z.output<typeof newSilence>

export const endSilenceInput = z.strictObject({
  silenceId,
  by: keptText.nullable().default(null).describe('Who ends it'),
})

export const silenceListInput = pageInput
export const silencePage = pageOf(silence)
