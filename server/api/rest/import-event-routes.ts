import type { ImportRecord } from '../../../shared/import.ts'
import { getImport } from '../../database/imports.ts'
import type { ApiParts } from '../api-parts.ts'
import { importEventIdOf } from '../import-event-id.ts'
import { malformedImportId, unknownImport } from './error-responses.ts'
import { sendEvents, type Events } from './event-stream.ts'
import { importPath } from './import-schemas.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { lastEventHeaders } from './schemas.ts'

/** The operation that follows an import. */
export function importEventRoutes({ db, importWatch, onError }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'followImport',
      needs: 'imports:read',
      method: 'get',
      paths: ['/imports/{import_id}/events'],
      tag: 'Imports',
      summary: 'The record of an import at each change, until it has ended, as server-sent events',
      description:
        'On any server, whichever imports it. Each event is named after the state and has the record as its data. `curl -N` shows them.',
      path: importPath,
      headers: lastEventHeaders,
      responses: {
        200: { description: 'The events', content: { 'text/event-stream': null } },
        204: { description: 'The last event was received before: a browser stops asking' },
        400: malformedImportId,
        404: unknownImport,
      },
      async handle({ path, headers }, context) {
        const record = await getImport(db, path.import_id)
        const lastEventId = headers['last-event-id']
        if (record.state !== 'running' && importEventIdOf(record) === lastEventId) {
          return context.body(null, 204)
        }
        const records = () => importWatch.watch(path.import_id, context.req.raw.signal)
        return sendEvents(context, () => eventsOf(records(), lastEventId), onError)
      },
    }),
  ]
}

async function* eventsOf(
  records: AsyncGenerator<ImportRecord, void>,
  lastEventId: string | undefined,
): Events {
  for await (const record of records) {
    const id = importEventIdOf(record)
    if (id !== lastEventId) yield `event: ${record.state}\ndata: ${JSON.stringify(record)}\nid: ${id}\n\n`
  }
}
