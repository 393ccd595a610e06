import { AppError } from '../../shared/app-error.ts'
import { fileNameOf, type ColumnChoice, type FileFormat } from '../../shared/report-file.ts'
import type { Report } from '../../shared/report.ts'
import type { StoreMonitorClient } from '../client.ts'
import type { CommandContext } from './context.ts'
import { write } from './output.ts'
import { openReportOutput } from './report-output.ts'

export interface WriterOptions {
  readonly columns: ColumnChoice
  readonly format?: FileFormat
  readonly output?: string
  readonly json?: true
}

/** Writes the file of a complete report to where it is to go. */
export interface ReportWriter {
  /** Returns the path of the file; undefined where it went to stdout. */
  write(client: StoreMonitorClient, report: Report): Promise<string | undefined>
}

/** Checks, before any work, that the file can be written. */
export async function openWriter(
  { signal, stdout }: CommandContext,
  options: WriterOptions,
): Promise<ReportWriter> {
  const { columns, output } = options
  const format = formatOf(options)
  if (format === 'xlsx' && stdout.isTTY && (output === undefined || output === '-')) {
    throw new AppError(
      'invalid',
      'a workbook is nothing for a terminal: write it into a file, with -o report.xlsx',
    )
  }
  const file = output === undefined || output === '-' ? undefined : await openReportOutput(output)
  return {
    async write(client, report) {
      const bytes = await client.downloadReport(report.reportId, { format, columns, signal })
      if (file) return file.write(bytes, fileNameOf(report, format), signal)
      for await (const chunk of bytes) await write(stdout, chunk)
      return undefined
    },
  }
}

/** As it is asked for; a file that is named as a workbook is one. */
function formatOf({ format, json, output = '' }: WriterOptions): FileFormat {
  if (json && format !== undefined && format !== 'ndjson') {
    throw new AppError('invalid', `--json means --format ndjson, and --format is ${format}: leave one out`)
  }
  if (format !== undefined) return format
  if (json) return 'ndjson'
  return output.toLowerCase().endsWith('.xlsx') ? 'xlsx' : 'csv'
}
