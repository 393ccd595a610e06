import type { Separator } from '../csv/quoted-fields.ts'
import { quoted } from './row-collector.ts'

const amountForm = /^[+-]?\d{1,9}(?:\.\d{1,4})?$/
const currencyForm = /^[A-Za-z]{3}$/

/** How many hundredths an amount is, or why it cannot be taken. Where commas do not separate fields, they may be decimal ones. */
export function parseAmount(column: string, text: string, separator: Separator): number | string {
  const point = separator === ',' ? text : text.replace(',', '.')
  if (!amountForm.test(point)) {
    return `${column} ${quoted(text)} is not an amount: write one such as 12.50, without a currency and without thousands' separators`
  }
  return Math.round(Number(point) * 100)
}

/** A currency as it is kept; undefined for no text. Or why that is none. */
export function parseCurrency(text: string): { readonly currency: string | undefined } | string {
  if (text === '') return { currency: undefined }
  if (currencyForm.test(text)) return { currency: text.toUpperCase() }
  return `currency ${quoted(text)} is not one: write three letters such as EUR, or nothing`
}
