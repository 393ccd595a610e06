export const fileFormats = ['csv', 'json', 'ndjson'] as const
export type FileFormat = (typeof fileFormats)[number]

export const mediaTypes = {
  csv: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
} as const satisfies Record<FileFormat, string>

/** Which columns a CSV has: the seven of always, or the unknown ones too. */
export const columnChoices = ['default', 'all'] as const
export type ColumnChoice = (typeof columnChoices)[number]
