import { fileFormats, mediaTypes, type FileFormat } from '../../../shared/report-file.ts'
import { getReport } from '../../database/reports.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedFileQuery, noReportIdInQuery, notComplete, unknownReport } from './error-responses.ts'
import { answerFile, partResponses, unchanged } from './report-file-answer.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { fileHeaders, fileQuery, reportIdPath, reportIdQuery, reportRows } from './schemas.ts'

const columnsQuery = fileQuery.pick({ columns: true })

/** The operations that fetch a complete report as a file. */
export function reportFileRoutes({ db }: ApiParts): RestRoute[] {
  return [
    ...fileFormats.map((format) =>
      defineRoute({
        id: `downloadReport${format[0]!.toUpperCase()}${format.slice(1)}`,
        needs: 'reports:read',
        keepsBy: ['reportId'],
        method: 'get',
        paths: [
          `/reports/{report_id}.${format}`,
          ...(format === 'csv' ? ['/download_report/{report_id}'] : []),
        ],
        tag: 'Reports',
        summary: `A complete report as ${format.toUpperCase()}`,
        path: reportIdPath,
        query: columnsQuery,
        headers: fileHeaders,
        responses: fileResponses(format),
        handle: async ({ path, query }, context) =>
          answerFile(db, await getReport(db, path.report_id), { format, ...query }, context),
      }),
    ),
    defineRoute({
      id: 'downloadReportByQuery',
      needs: 'reports:read',
      keepsBy: ['reportId'],
      method: 'get',
      paths: ['/download_report'],
      tag: 'Older paths',
      summary: 'A complete report as CSV, with its id in the query',
      query: reportIdQuery.extend(columnsQuery.shape),
      headers: fileHeaders,
      responses: { ...fileResponses('csv'), 400: noReportIdInQuery },
      handle: async ({ query: { report_id, columns } }, context) =>
        answerFile(db, await getReport(db, report_id), { format: 'csv', columns }, context),
    }),
  ]
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
    400: malformedFileQuery,
    404: unknownReport,
    409: notComplete,
  }
}
