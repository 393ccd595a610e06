import * as z from 'zod'

export const isoInstant = z.string().meta({ format: 'date-time' })
export const count = z.int().nonnegative()

/** What a schema says: the value that is not taken, and what it should be. */
export function isNo(form: string): { error: (issue: { readonly input?: unknown }) => string } {
  // What was no number before it was made one is not known any more.
  return { error: ({ input }) => `${Number.isNaN(input) ? 'it' : shown(input)} is no ${form}` }
}

const MOST_SHOWN = 60

/** A value in a message. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}
