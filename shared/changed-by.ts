import type * as z from 'zod'
import { keptText } from './text.ts'

/** Who changes something, and why: of every change. */
export const changedBy = {
  by: keptText.nullable().default(null).describe('Who makes the change'),
  reason: keptText.nullable().default(null).describe('Why it is made'),
}
export type ChangedBy = z.output<z.ZodObject<typeof changedBy>>
