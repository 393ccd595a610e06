import { AppError } from '../../../shared/app-error.ts'
import { periodCsvHeader } from '../../../shared/insight-csv.ts'
import { fileNameOf, mediaTypes, type ColumnChoice, type FileFormat } from '../../../shared/report-file.ts'
import type { ReportState } from '../../../shared/report-state.ts'
import type { Db } from '../../database/connect.ts'
import { listDoneParts, readPart } from '../../database/report-results.ts'
import { reportOf, type StoredReport } from '../../database/reports.ts'
import { csvHeaderLine, csvLines } from '../../reports/csv.ts'
import { periodsOf } from '../../reports/asked.ts'
import type { Periods } from '../../uptime/periods.ts'
import { namesOfPeriods } from '../../reports/asked-time.ts'
import { periodTotalsByPart } from '../../reports/period-rows.ts'
import { periodCsvLines, periodRows } from '../../reports/period-totals.ts'
import { rowsByPart } from '../../reports/rows.ts'
import { readAhead } from '../../reports/read-ahead.ts'
import { reportRowAt } from '../../reports/totals.ts'

export interface FileOptions {
  readonly format: FileFormat
  /** Of a CSV or a workbook: with or without the unknown columns. */
  readonly columns: ColumnChoice
}

/** A complete report as a file to be sent. */
export interface ReportFile {
  readonly name: string
  readonly mediaType: string
  readonly etag: string
  readonly lastModifiedMs: number
  /** In bytes; undefined where the file is written while it is sent. */
  readonly length: number | undefined
  /** The bytes from `start` to before `end`; all of them where the length is not known. */
  bytes(start?: number, end?: number): AsyncGenerator<Uint8Array>
}

/** The file of a report in a form. Throws a `conflict` AppError where the report is not complete. */
export async function reportFile(db: Db, report: StoredReport, options: FileOptions): Promise<ReportFile> {
  if (report.state !== 'complete') {
    throw hasNoFile(report.report_id, report.state)
  }
  const { format, columns } = options
  const form = format === 'csv' || format === 'xlsx' ? `${format}-${columns}` : format
  const file = {
    name: fileNameOf(reportOf(report), format),
    mediaType: format === 'xlsx' ? mediaTypes.xlsx : `${mediaTypes[format]}; charset=utf-8`,
    // A complete report never changes, so that its id and the form are a strong tag.
    etag: `"${report.report_id}-${form}"`,
    lastModifiedMs: report.finished_at ?? report.requested_at,
  }
  const periods = periodsOf(report)
  if (format === 'xlsx') {
    return { ...file, length: undefined, bytes: () => workbookFile(db, report.report_key, periods, columns) }
  }
  if (periods !== undefined) {
    return { ...file, length: undefined, bytes: () => periodFile(db, report.report_key, periods, format) }
  }
  if (form === 'csv-default') return { ...file, ...(await storedCsv(db, report.report_key)) }
  return { ...file, length: undefined, bytes: () => writtenFile(db, report.report_key, options) }
}

export function hasNoFile(reportId: string, state: ReportState): AppError {
  return new AppError('conflict', `report ${reportId} has no file: it is ${state}`)
}

/** The CSV as the workers stored it. */
async function storedCsv(db: Db, reportKey: number): Promise<Pick<ReportFile, 'length' | 'bytes'>> {
  const header = Buffer.from(csvHeaderLine('default'))
  const parts = await listDoneParts(db, reportKey)
  const length = parts.reduce((sum, part) => sum + part.csvBytes, header.byteLength)
  return {
    length,
    async *bytes(start = 0, end = length) {
      if (start < header.byteLength) yield header.subarray(start, end)
      let partStart = header.byteLength
      const wanted = parts.flatMap(({ part, csvBytes }) => {
        const from = Math.max(0, start - partStart)
        const to = Math.min(csvBytes, end - partStart)
        partStart += csvBytes
        return from < to ? [{ part, from, to }] : []
      })
      const read = ({ part, from, to }: (typeof wanted)[number]) =>
        readPart(db, reportKey, part, 'csv').then((bytes) => bytes.subarray(from, to))
      yield* readAhead(wanted, read)
    },
  }
}

async function* writtenFile(
  db: Db,
  reportKey: number,
  { format, columns }: FileOptions,
): AsyncGenerator<Uint8Array> {
  if (format === 'csv') yield Buffer.from(csvHeaderLine(columns))
  if (format === 'json') yield Buffer.from('[')
  let isFirst = true
  for await (const { totals, storeIds, uncorrected } of rowsByPart(db, reportKey)) {
    if (format === 'csv') {
      yield csvLines(totals, storeIds, columns)
      continue
    }
    const rows = storeIds.map((storeId, store) =>
      JSON.stringify(reportRowAt(totals, store, storeId, uncorrected)),
    )
    // Its stores may have been deleted while it was computed.
    if (rows.length === 0) continue
    if (format === 'ndjson') yield Buffer.from(`${rows.join('\n')}\n`)
    else yield Buffer.from(`${isFirst ? '\n' : ',\n'}${rows.join(',\n')}`)
    isFirst = false
  }
  if (format === 'json') yield Buffer.from('\n]\n')
}

/** The file of a report by period, a store at a time: there may be millions of rows. */
async function* periodFile(
  db: Db,
  reportKey: number,
  periods: Periods,
  format: FileFormat,
): AsyncGenerator<Uint8Array> {
  const names = namesOfPeriods(periods)
  if (format === 'csv') yield Buffer.from(periodCsvHeader)
  if (format === 'json') yield Buffer.from('[')
  let isFirst = true
  for await (const { totals, storeIds, uncorrected } of periodTotalsByPart(db, reportKey, names.length)) {
    for (const [store, storeId] of storeIds.entries()) {
      if (format === 'csv') {
        yield periodCsvLines(totals, store, storeId, names)
        continue
      }
      const rows = periodRows(totals, store, storeId, names, uncorrected).map((row) => JSON.stringify(row))
      if (format === 'ndjson') yield Buffer.from(`${rows.join('\n')}\n`)
      else yield Buffer.from(`${isFirst ? '\n' : ',\n'}${rows.join(',\n')}`)
      isFirst = false
    }
  }
  if (format === 'json') yield Buffer.from('\n]\n')
}

/** The file as a workbook of Excel, whose writer is loaded when it is first asked for. */
async function* workbookFile(
  db: Db,
  reportKey: number,
  periods: Periods | undefined,
  columns: ColumnChoice,
): AsyncGenerator<Uint8Array> {
  const { periodWorkbook, windowWorkbook } = await import('../../reports/report-workbook.ts')
  const { workbookBytes } = await import('../../reports/workbook.ts')
  yield* workbookBytes(
    periods === undefined
      ? await windowWorkbook(db, reportKey, columns)
      : await periodWorkbook(db, reportKey, namesOfPeriods(periods)),
  )
}

/** A complete report's CSV as a JSON text, for the dialect that has it so. */
export async function* reportWithTextJson(
  db: Db,
  report: StoredReport,
  message: string,
): AsyncGenerator<Uint8Array> {
  const { bytes } = await reportFile(db, report, { format: 'csv', columns: 'default' })
  yield Buffer.from(`{"message":${JSON.stringify(message)},"report":"`)
  for await (const chunk of bytes())
    yield Buffer.from(JSON.stringify(Buffer.from(chunk).toString()).slice(1, -1))
  yield Buffer.from('"}')
}
