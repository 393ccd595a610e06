import * as z from 'zod'

/** How much of an answer may be sent to be tried. */
const maxAnswerLength = 50_000

export const givenAnswer = z
  .string()
  .max(maxAnswerLength, `at most ${maxAnswerLength} characters`)
  .optional()
  .describe('What would be answered; left out, it is asked for')
