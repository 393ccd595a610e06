import { InvalidArgumentError } from 'commander'

export function amount(text: string): number {
  const number = numberOf(text)
  if (number > 0 && number <= 1_000_000_000) return number
  throw new InvalidArgumentError('Write an amount of more than 0, such as 85.50.')
}

/** NaN for what is none. */
export function numberOf(text: string): number {
  return /^\d{1,10}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
}
