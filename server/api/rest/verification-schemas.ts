/** What the operations that compute a report again take and answer. */
import * as z from 'zod'
import { reportExplanation, verification, verifyInput } from '../../../shared/verification.ts'
import { usualSample } from '../../../shared/usual-sample.ts'
import { reportIdPath, storePath } from './schemas.ts'

const { stores } = verifyInput.shape
/** Numbers are text in a query. */
export const verifyQuery = z.object({
  stores: z
    .string()
    .default(String(usualSample))
    .transform((text, context) => {
      const given = stores.safeParse(/^\d+$/.test(text) ? Number(text) : text)
      if (given.success) return given.data
      const [issue] = given.error.issues
      context.addIssue({ code: 'custom', message: `"${text}" is no number of stores: ${issue!.message}` })
      return z.NEVER
    })
    .meta({ description: stores.description!, examples: ['1000', 'all'] }),
})
export const verificationBody = verification.meta({ id: 'Verification' })

export const explainedStorePath = reportIdPath.extend(storePath.shape)
export const explanationBody = reportExplanation.meta({ id: 'ReportExplanation' })
