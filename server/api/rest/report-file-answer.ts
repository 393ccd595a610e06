import type { Context } from 'hono'
import type { Db } from '../../database/connect.ts'
import type { StoredReport } from '../../database/reports.ts'
import { reportFile, type FileOptions } from './report-file.ts'
import type { RestResponse } from './route.ts'
import { sendFile } from './send-file.ts'

/** A complete report as a file: whole, a part of it, or that the caller has it. */
export async function answerFile(
  db: Db,
  report: StoredReport,
  options: FileOptions,
  context: Context,
  varyBy?: string,
): Promise<Response> {
  return sendFile(context, await reportFile(db, report, options), varyBy)
}

export const unchanged: RestResponse = { description: 'The caller has these bytes' }

/** What else is answered where a file may be: to conditions, and to requests for a part of it. */
export function partResponses(mediaType: string): Record<number, RestResponse> {
  return {
    206: { description: 'The part of the file that a Range header asks for', content: { [mediaType]: null } },
    304: unchanged,
    416: { description: 'The range is beyond the end of the file', content: {} },
  }
}
