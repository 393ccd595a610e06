import * as z from 'zod'
import { textProblem } from './text-problem.ts'

/** A text that people write and that is kept as it is, without the space around it. */
export const keptText = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const message = textProblem(text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
