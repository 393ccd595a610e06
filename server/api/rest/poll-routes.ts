import { pollMediaTypes } from '../../../shared/poll-file.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedPolls, unknownStore } from './error-responses.ts'
import { pollListBody, pollsQuery } from './poll-schemas.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { sendText } from './send-file.ts'

/** The operation that gives polls out again. */
export function pollRoutes({ polls }: Pick<ApiParts, 'polls'>): RestRoute[] {
  return [
    defineRoute({
      id: 'listPolls',
      needs: 'polls:read',
      keepsBy: ['storeId', 'labels'],
      method: 'get',
      paths: ['/polls'],
      tag: 'Polls',
      summary:
        'Polls by store and time: as JSON a page at a time; as CSV, lines of JSON or Parquet all of them',
      description:
        'The files are sent while they are read, of any size; `Content-Disposition` names them by their dates. The CSV is as imports take it, the lines of JSON are as a push takes them, and both give the same bytes again where they are put into an empty database. Each store is as of one moment, and stores that come later in the file perhaps as of a later one.',
      query: pollsQuery,
      responses: {
        200: {
          description: 'Polls',
          content: {
            'application/json': pollListBody,
            [pollMediaTypes.csv]: null,
            [pollMediaTypes.ndjson]: null,
            [pollMediaTypes.parquet]: null,
          },
        },
        400: malformedPolls,
        404: unknownStore,
      },
      async handle({ query: { format, limit, cursor, ...wanted } }, context) {
        if (format === 'json') return context.json(await polls.page({ limit, cursor, ...wanted }))
        const { name, mediaType, bytes } = await polls.file(wanted, format)
        const headers = { 'content-disposition': `attachment; filename="${name}"` }
        if (context.req.method !== 'HEAD') return sendText(context, mediaType, bytes, headers)
        return new Response(null, { headers: { ...headers, 'content-type': mediaType } })
      },
    }),
  ]
}
