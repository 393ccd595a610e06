import * as z from 'zod'
import { AppError } from './app-error.ts'

/** For `transform`: what `read` makes of what is given; an `invalid` AppError that it throws is what is wrong with that. */
export function readBy<Given, Output>(read: (given: Given) => Output) {
  return (given: Given, context: z.core.$RefinementCtx): Output => {
    try {
      return read(given)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  }
}
