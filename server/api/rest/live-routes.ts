import { downCsvHeader, downCsvLine } from '../../../shared/insight-csv.ts'
import { maxPageSize } from '../../../shared/page-size.ts'
import { mediaTypes } from '../../../shared/report-file.ts'
import { downStoresInput, type DownStores } from '../../../shared/store-now.ts'
import type { Live } from '../../live/live.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedDownStores, noPolls } from './error-responses.ts'
import { downStoresBody, downStoresQuery } from './live-schemas.ts'
import { defineRoute, type RestRoute } from './route.ts'

/** The operations on what stores are now. */
export function liveRoutes({ live }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listDownStores',
      method: 'get',
      paths: ['/stores/down'],
      tag: 'Stores',
      summary:
        'The stores that are down, the longest first, and how many are what: as JSON a page at a time, as CSV all of them',
      description:
        'As of the latest poll of any store, as a report by default is, with the usual reach and corrections.',
      query: downStoresQuery,
      responses: {
        200: {
          description: 'The stores',
          content: { 'application/json': downStoresBody, 'text/csv': null },
        },
        400: malformedDownStores,
        409: noPolls,
      },
      async handle({ query: { format, labels, limit, cursor } }, context) {
        const query = downStoresInput.parse({ labels, limit, cursor })
        if (format === 'json') return context.json(await live.down(query))
        const lines = (await allDown(live, query.labels)).map(downCsvLine)
        return context.body(downCsvHeader + lines.join(''), 200, {
          'content-type': `${mediaTypes.csv}; charset=utf-8`,
        })
      },
    }),
  ]
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
