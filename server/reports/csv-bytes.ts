import { uptimeHundredths } from '../../shared/report-columns.ts'

/** What CSV lines are written of, as bytes: rules 17 and 18 of docs/uptime.md. */

export const COMMA = 0x2c
export const NEWLINE = 0x0a
const POINT = 0x2e
const ZERO = 0x30

/** The most that a percentage can be, with its comma: `,100.00`. */
export const MOST_BYTES_PER_PERCENT = ',100.00'.length

/** Whole milliseconds in hundredths of a unit, rounded half up. */
export function hundredthsOf(ms: number, unitMs: number): number {
  return Math.floor((ms * 100 + unitMs / 2) / unitMs)
}

/** Writes a text of ASCII letters; where it ends. */
export function putAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}

/** Writes hundredths as a number with two decimals, its digits from the last to the first; where it ends. */
export function putHundredths(bytes: Uint8Array, at: number, hundredths: number): number {
  let digits = 3
  for (let limit = 1000; hundredths >= limit; limit *= 10) digits++
  const end = at + digits + 1
  let rest = hundredths
  for (let place = end - 1; place >= at; place--) {
    if (place === end - 3) {
      bytes[place] = POINT
      continue
    }
    bytes[place] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return end
}

/** Writes a percentage, or nothing where nothing was observed; where it ends. */
export function putPercent(bytes: Uint8Array, at: number, uptimeMs: number, downtimeMs: number): number {
  const hundredths = uptimeHundredths(uptimeMs, downtimeMs)
  return hundredths < 0 ? at : putHundredths(bytes, at, hundredths)
}
