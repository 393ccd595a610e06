import { InvalidArgumentError } from 'commander'

export function amount(text: string): number {
  const number = numberOf(text)
  if (number > 0 && number <= 1_000_000_000) return number
  throw new InvalidArgumentError('Write an amount of more than 0, such as 85.50.')
}

/** As the server takes one that is said of a store, which may take nothing. */
export function amountOfStore(text: string): number {
  const number = numberOf(text)
  if (number >= 0 && number < 1_000_000_000) return number
  throw new InvalidArgumentError('Write an amount from 0 to 999999999.99, such as 120.50.')
}

/** NaN for what is none. */
export function numberOf(text: string): number {
  return /^\d{1,10}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
}
