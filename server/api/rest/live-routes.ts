import { AppError } from '../../../shared/app-error.ts'
import { downCsvHeader, downCsvLine } from '../../../shared/insight-csv.ts'
import { maxPageSize } from '../../../shared/page-size.ts'
import { downStoresInput, storeChangesInput, type DownStores } from '../../../shared/store-now.ts'
import { keyOfStore } from '../../database/stores.ts'
import type { ToldEvent } from '../../live/change-feed.ts'
import type { Live } from '../../live/live.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedDownStores, malformedStoreChanges, noPolls, unknownStore } from './error-responses.ts'
import { sendEvents, type Events } from './event-stream.ts'
import { csv, jsonOrCsv } from './json-or-csv.ts'
import { downStoresBody, downStoresQuery, storeChangesHeaders, storeChangesQuery } from './live-schemas.ts'
import { defineRoute, type RestRoute } from './route.ts'

/** The operations on what stores are now. */
export function liveRoutes({ db, live, onError }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listDownStores',
      needs: 'stores:read',
      keepsBy: ['labels'],
      method: 'get',
      paths: ['/down-stores'],
      tag: 'Stores',
      summary:
        'The stores that are down, the longest first, and how many are what: as JSON a page at a time, as CSV all of them',
      description:
        'As of the latest poll of any store, as a report by default is, with the usual reach and corrections.',
      query: downStoresQuery,
      responses: {
        200: {
          description: 'The stores',
          content: jsonOrCsv(downStoresBody),
        },
        400: malformedDownStores,
        409: noPolls,
      },
      async handle({ query: { format, labels, limit, cursor } }, context) {
        const query = downStoresInput.parse({ labels, limit, cursor })
        if (format === 'json') return context.json(await live.down(query))
        const lines = (await allDown(live, query.labels)).map(downCsvLine)
        return csv(context, downCsvHeader + lines.join(''))
      },
    }),
    defineRoute({
      id: 'followStores',
      needs: 'stores:read',
      keepsBy: ['storeId', 'labels'],
      method: 'get',
      paths: ['/events'],
      tag: 'Stores',
      summary: 'Which stores go down, and which are not down any more, as server-sent events',
      description:
        'The first event has no changes, or, behind a Last-Event-ID, what has changed since; then there is one whenever something changes, four a second at most. Behind an event of another server on the database, a change may be told once more. Each is named changes, or resync where more has changed than can be told: then ask for the stores that are down. `curl -N` shows them.',
      query: storeChangesQuery,
      headers: storeChangesHeaders,
      responses: {
        200: { description: 'The events', content: { 'text/event-stream': null } },
        400: malformedStoreChanges,
        404: unknownStore,
        429: {
          description: 'Too many follow already: `Retry-After` says when to try again',
          example: new AppError('busy', '1000 already follow what changes: try again in a while'),
        },
      },
      async handle({ query, headers }, context) {
        const { storeId, labels } = storeChangesInput.parse({ storeId: query.store_id, labels: query.labels })
        if (storeId !== undefined) await keyOfStore(db, storeId)
        const { signal } = context.req.raw
        const events = () => eventsOf(live.watch({ storeId, labels }, headers['last-event-id'], signal))
        return sendEvents(context, events, onError)
      },
    }),
  ]
}

async function* eventsOf(events: AsyncGenerator<ToldEvent, void>): Events {
  for await (const { bytes } of events) yield bytes()
}

async function allDown(
  live: Live,
  labels: Parameters<Live['down']>[0]['labels'],
): Promise<DownStores['items']> {
  const items: DownStores['items'] = []
  let cursor: string | undefined
  do {
    const page = await live.down({ labels, limit: maxPageSize, cursor })
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}
