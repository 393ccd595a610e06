import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { isActive, offsetOf, POLL_WEEK_MS } from '../uptime/poll-week.ts'
import { parquetMagic } from './export-task.ts'
import { runsOf, type PackedPolls } from './packed-polls.ts'

type Schema = ParquetWriter['schema']
type RowGroup = ParquetWriter['row_groups'][number]

const text = {
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
  repetition_type: 'REQUIRED',
} as const

const schema: Schema = [
  { name: 'polls', num_children: 3 },
  { name: 'store_id', ...text },
  { name: 'status', ...text },
  {
    name: 'timestamp_utc',
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    repetition_type: 'REQUIRED',
  },
]

function behindMagic(writer: ByteWriter): Uint8Array {
  return new Uint8Array(writer.getBuffer().slice(parquetMagic.length))
}

export interface ParquetRows {
  readonly bytes: Uint8Array
  /** What the end of the file says of them, as if they stood at its beginning. */
  readonly group: RowGroup
}

/** Polls as a row group. */
export function parquetRows(polls: PackedPolls): ParquetRows {
  const count = polls.words.length
  const storeIds: string[] = []
  const statuses: string[] = []
  const instants = new BigInt64Array(count)
  let row = 0
  for (const { storeId, week, words } of runsOf(polls)) {
    for (const word of words) {
      storeIds.push(storeId)
      statuses.push(isActive(word) ? 'active' : 'inactive')
      instants[row++] = BigInt(week * POLL_WEEK_MS + offsetOf(word))
    }
  }
  const { writer, file } = createFile()
  const asDictionary = { encoding: 'RLE_DICTIONARY', offsetIndex: false } as const
  const columnData = [
    { name: 'store_id', data: storeIds, ...asDictionary },
    { name: 'status', data: statuses, ...asDictionary },
    {
      name: 'timestamp_utc',
      data: instants,
      encoding: 'DELTA_BINARY_PACKED' as const,
      offsetIndex: false,
    },
  ]
  void file.write({ columnData, rowGroupSize: count })
  return { bytes: behindMagic(writer), group: file.row_groups[0]! }
}

/** The end of a file of such rows, which stand in it one behind the other. */
export function parquetEnd(
  rows: readonly { readonly length: number; readonly group: RowGroup }[],
): Uint8Array {
  const { writer, file } = createFile()
  let moved = 0n
  for (const { length, group } of rows) {
    file.row_groups.push(movedGroup(group, moved))
    file.num_rows += group.num_rows
    moved += BigInt(length)
  }
  void file.finish()
  return behindMagic(writer)
}

function createFile() {
  const writer = new ByteWriter()
  return { writer, file: new ParquetWriter({ writer, schema, createdBy: 'store-monitor' }) }
}

function movedGroup(group: RowGroup, by: bigint): RowGroup {
  return {
    ...group,
    columns: group.columns.map((column) => ({
      ...column,
      file_offset: column.file_offset + by,
      ...(column.meta_data && { meta_data: movedColumn(column.meta_data, by) }),
    })),
  }
}

function movedColumn<Column extends { data_page_offset: bigint; dictionary_page_offset?: bigint }>(
  column: Column,
  by: bigint,
): Column {
  const { data_page_offset, dictionary_page_offset } = column
  return {
    ...column,
    data_page_offset: data_page_offset + by,
    ...(dictionary_page_offset !== undefined && { dictionary_page_offset: dictionary_page_offset + by }),
  }
}
