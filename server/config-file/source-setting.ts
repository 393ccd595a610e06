import * as z from 'zod'
import { mappedColumns, columnKey } from '../../shared/column-map.ts'
import { parseMaxRejected } from '../../shared/max-rejected.ts'
import {
  givenAllowPrivate,
  givenBy,
  givenBytes,
  givenDuration,
  givenField,
  givenHeaders,
  givenList,
  givenName,
  givenPath,
  givenSchedule,
  givenUrl,
  givenZone,
} from './given.ts'

const SECOND_MS = 1000
const HOUR_MS = 3_600_000

const status = z.enum(['active', 'inactive'], 'write active or inactive')

const mapping = z.strictObject({
  items: givenPath.optional().describe('Where the items are: a JSONPath (default: $[*]; of each line, $)'),
  store_id: givenField.describe('Of an item: the name of the field, or a JSONPath'),
  status: givenField.describe('Likewise'),
  timestamp: givenField
    .optional()
    .describe(
      'Likewise: a time as in CSV, or seconds or milliseconds since 1970 (default: when it was answered)',
    ),
  values: z
    .record(z.string(), status)
    .optional()
    .describe('What its status says, as active or inactive; others are rejected'),
})
export type Mapping = z.output<typeof mapping>

const columns = z
  .partialRecord(
    z.enum(mappedColumns, `the columns are ${mappedColumns.join(', ')}`),
    z.string().refine((name) => columnKey(name) !== '', 'write what the file calls it'),
  )
  .optional()
  .describe('Of CSV: what it calls columns, where that is not what we do')

export const sourceSetting = z
  .strictObject({
    name: givenName.describe('What it is called in lists'),
    url: givenUrl(
      ['http:', 'https:', 'file:'],
      'https://example.org/polls.csv or file:///data/polls.csv',
    ).describe('What is pulled: http, https or file; `${NAME}` stands for a variable of the environment'),
    schedule: givenSchedule.describe(
      'When, as cron writes it: minute, hour, day, month, weekday, perhaps a second before them',
    ),
    zone: givenZone.describe('The zone of the schedule (default: UTC)'),
    headers: givenHeaders,
    format: z
      .enum(['csv', 'ndjson', 'json'], 'write csv, ndjson or json')
      .optional()
      .describe("What it is (default: as the answer's type, or the name's end, says)"),
    mapping: mapping.optional().describe('Of JSON: where the polls are in it'),
    columns,
    maxRejected: givenBy(parseMaxRejected)
      .optional()
      .describe('Nothing is taken where more rows are rejected: such as 20 or 2.5%'),
    allowPrivate: givenAllowPrivate,
    timeout: givenDuration(SECOND_MS, 6 * HOUR_MS, '1s to 6h')
      .prefault('10m')
      .describe('How long it may take to arrive (default: 10m)'),
    maxBytes: givenBytes.prefault('1GB').describe('How large it may be, unpacked (default: 1GB)'),
    retries: z
      .int('write a whole number')
      .min(0, 'write 0 to 20')
      .max(20, 'write 0 to 20')
      .default(5)
      .describe('How often it is tried again, at growing distances, where it could not be had (default: 5)'),
  })
  .describe('A file or an address that is pulled by a schedule')
export type SourceSetting = z.output<typeof sourceSetting>

export const sourceSettings = givenList(sourceSetting, 200, 'sources')
