import { fileFormats, mediaTypes, type FileFormat } from '../../../shared/report-file.ts'
import { getReport } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedReportId, notComplete, unknownReport } from './error-responses.ts'
import { answerFile, partResponses, unchanged } from './report-file-answer.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { fileHeaders, fileQuery, reportIdPath, reportRows } from './schemas.ts'

/** The operations that fetch a complete report as a file. */
export function reportFileRoutes({ db }: ApiParts): RestRoute[] {
  return fileFormats.map((format) =>
    defineRoute({
      id: `downloadReport-${format}`,
      method: 'get',
      paths: [
        `/reports/{report_id}.${format}`,
        ...(format === 'csv' ? ['/download_report/{report_id}', '/api/v1/download_report/{report_id}'] : []),
      ],
      tag: 'Reports',
      summary: `A complete report as ${format.toUpperCase()}`,
      path: reportIdPath,
      query: fileQuery.pick({ columns: true }),
      headers: fileHeaders,
      responses: fileResponses(format),
      handle: async ({ path, query }, context) =>
        answerFile(db, await getReport(db, path.report_id), { format, ...query }, context),
    }),
  )
}

function fileResponses(format: FileFormat): Record<number, RestResponse> {
  const mediaType = mediaTypes[format]
  return {
    200: {
      description: 'The report',
      content: { [mediaType]: format === 'json' ? reportRows : null },
      headers: { 'Content-Disposition': 'attachment, with a name', ETag: 'Names these bytes' },
    },
    ...(format === 'csv' ? partResponses(mediaType) : { 304: unchanged }),
    400: malformedReportId,
    404: unknownReport,
    409: notComplete,
  }
}
