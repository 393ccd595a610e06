export const fileFormats = ['csv', 'json', 'ndjson', 'xlsx'] as const
export type FileFormat = (typeof fileFormats)[number]

export const mediaTypes = {
  csv: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const satisfies Record<FileFormat, string>

/** What a report's file is called: `uptime-2026-11-04.csv`, or `uptime-by-week-2026-10-05-to-2026-11-01.csv`. */
export function fileNameOf(
  {
    asOf,
    by,
    from,
    to,
  }: {
    readonly asOf: string
    readonly by: string | null
    readonly from: string | null
    readonly to: string | null
  },
  format: FileFormat,
): string {
  const what = by === null ? asOf.slice(0, 10) : `by-${by}-${from}-to-${to}`
  return `uptime-${what}.${format}`
}

/** Which columns a CSV or a workbook has: the seven of always, or the unknown ones too. */
export const columnChoices = ['default', 'all'] as const
export type ColumnChoice = (typeof columnChoices)[number]
