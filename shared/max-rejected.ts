import { AppError } from './app-error.ts'

/** How many rows of a file may be rejected: a number of them, or a part of all rows. */
export type MaxRejected = { readonly rows: number } | { readonly percent: number }

/** Reads `20` or `2.5%`. Throws an `invalid` AppError that says what is allowed. */
export function parseMaxRejected(text: string): MaxRejected {
  const [, digits = '', sign] = /^(\d{1,15}(?:\.\d{1,6})?)(%?)$/.exec(text.trim()) ?? []
  const value = Number(digits)
  if (digits !== '' && sign === '%' && value <= 100) return { percent: value }
  if (digits !== '' && sign === '' && Number.isInteger(value)) return { rows: value }
  throw new AppError(
    'invalid',
    `"${text}" is not a number of rejected rows: write a whole number such as 20, or a part of all rows such as 2.5%`,
  )
}

export function formatMaxRejected(most: MaxRejected): string {
  return 'rows' in most ? String(most.rows) : `${most.percent}%`
}
