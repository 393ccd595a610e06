import * as z from 'zod'
import { correctionKinds } from './correction-kind.ts'
import { isoInstant } from './fields.ts'
import { givenLabels } from './group.ts'
import { storeId } from './ids.ts'
import { pageInput } from './page.ts'
import { instant } from './report.ts'
import { keptText } from './text.ts'

/** Every database has room for numbers up to here. */
const MOST_CORRECTIONS = 2 ** 31 - 1
export const correctionId = z
  .int()
  .positive()
  .max(MOST_CORRECTIONS)
  .brand('CorrectionId')
  .describe('Number of a correction')
export type CorrectionId = z.infer<typeof correctionId>

const kind = z
  .enum(correctionKinds)
  .describe(
    'closed: no business time. excused: business time, neither up nor down. wrong-data: polls in it do not speak',
  )

export const correction = z
  .object({
    correctionId,
    storeId,
    from: isoInstant.describe('The first instant that it is about'),
    to: isoInstant.describe('The first instant that it is not about any more'),
    kind,
    reason: z.string().describe('Why it was made'),
    author: z.string().nullable().describe('Who made it; null where that was not said'),
    createdAt: isoInstant.describe('When it was made'),
    revokedAt: isoInstant.nullable().describe('When it was revoked; null while it counts'),
    revokedBy: z.string().nullable().describe('Who revoked it; null where nobody has, or that was not said'),
  })
  .describe('What an operator knows better than the polls; never edited, and revoked at most')
export type Correction = z.infer<typeof correction>

export const newCorrection = z
  .strictObject({
    storeId,
    from: instant.describe('The first instant that it is about').meta({ examples: ['2026-10-05T09:00:00Z'] }),
    to: instant
      .describe('The first instant that it is not about any more')
      .meta({ examples: ['2026-10-05T11:30:00Z'] }),
    kind,
    reason: keptText.min(1, 'it is empty: say why the correction is made').describe('Why it is made'),
    author: keptText.nullable().default(null).describe('Who makes it'),
  })
  .superRefine(({ from, to }, context) => {
    if (from < to) return
    const [fromText, toText] = [from, to].map((ms) => new Date(ms).toISOString())
    context.addIssue({
      code: 'custom',
      path: ['from'],
      message: `${fromText} is not before to, ${toText}: a correction ends after it begins`,
    })
  })

export const revokeCorrectionInput = z.strictObject({
  correctionId,
  by: keptText.nullable().default(null).describe('Who revokes it'),
  reason: keptText.nullable().default(null).describe('Why it is revoked'),
})

export const correctionListInput = pageInput.extend({
  storeId: storeId.optional().describe('Only those of this store; left out, those of all'),
  labels: givenLabels,
  state: z
    .enum(['in-force', 'all'])
    .default('all')
    .describe('in-force: only those that count; all: those that were revoked, too'),
})
export type CorrectionListQuery = z.output<typeof correctionListInput>
