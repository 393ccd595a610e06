import { mediaTypes } from './report-file.ts'

/** The forms of a file of polls. */
export const pollFormats = ['csv', 'ndjson', 'parquet'] as const
export type PollFormat = (typeof pollFormats)[number]

export const pollMediaTypes = {
  csv: mediaTypes.csv,
  ndjson: mediaTypes.ndjson,
  parquet: 'application/vnd.apache.parquet',
} as const satisfies Record<PollFormat, string>

/** What a file of polls is called: `polls-2023-01-18--2023-01-25.csv`, both dates included; `polls.csv` where there are none. */
export function pollFileName(
  time: { readonly firstMs: number; readonly lastMs: number } | undefined,
  format: PollFormat,
): string {
  if (time === undefined) return `polls.${format}`
  const [first, last] = [time.firstMs, time.lastMs].map((ms) => new Date(ms).toISOString().slice(0, 10))
  return `polls-${first}--${last}.${format}`
}
