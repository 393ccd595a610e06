import {
  salesCsvHeader,
  salesCsvLine,
  salesGroupCsvHeader,
  salesGroupCsvLine,
} from '../../../shared/insight-csv.ts'
import { salesGroupsInput, salesListInput, type SalesRow } from '../../../shared/sales-at-risk.ts'
import { withoutHint } from '../../access/kept-answers.ts'
import { listSalesAtRisk, salesByStore } from '../../insight/sales-at-risk.ts'
import { groupSales } from '../../insight/sales-groups.ts'
import type { ApiParts } from '../api-parts.ts'
import { linesOf, streamOfLines } from './csv-lines.ts'
import { malformedSales, noPolls, unknownStore } from './error-responses.ts'
import {
  judgingOf,
  salesBody,
  salesGroupsBody,
  salesGroupsQuery,
  salesListBody,
  salesListQuery,
  salesQuery,
} from './insight-schemas.ts'
import { csv, jsonOrCsv } from './json-or-csv.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { storePath } from './schemas.ts'

/** The operations that tell what was lost while stores were down. */
export function salesRoutes({ db }: ApiParts): RestRoute[] {
  const responses = { 400: malformedSales, 404: unknownStore, 409: noPolls }
  return [
    defineRoute({
      id: 'listSalesAtRisk',
      needs: 'stores:read',
      keepsBy: ['storeId', 'labels'],
      method: 'get',
      paths: ['/sales-at-risk'],
      tag: 'Stores',
      summary:
        'What stores lost on some local dates while they were down, as ranges: as JSON a page at a time, as CSV all of them',
      query: salesListQuery,
      responses: { 200: { description: 'Sales at risk', content: jsonOrCsv(salesListBody) }, ...responses },
      async handle({ query: { format, store_id: storeId, sort_by: sortBy, ...rest } }, context) {
        const query = salesListInput.parse({ storeId, sortBy, ...judgingOf(rest) })
        if (format === 'json') return context.json(await listSalesAtRisk(db, query))
        const lines = linesOf(salesByStore(db, query, undefined), salesCsvHeader, salesCsvLine)
        return csv(context, await streamOfLines(lines))
      },
    }),
    defineRoute({
      id: 'listSalesAtRiskGroups',
      needs: 'stores:read',
      keepsBy: ['labels'],
      method: 'get',
      paths: ['/sales-at-risk/groups'],
      tag: 'Stores',
      summary: 'What all stores lost together, or rolled up by a label: a row for each value, and currency',
      query: salesGroupsQuery,
      responses: {
        200: { description: 'The groups', content: jsonOrCsv(salesGroupsBody) },
        400: malformedSales,
        409: noPolls,
      },
      async handle({ query: { format, ...rest } }, context) {
        const query = salesGroupsInput.parse(judgingOf(rest))
        const answer = withoutHint(context.get('principal'), await groupSales(db, query))
        if (format === 'json') return context.json(answer)
        return csv(context, salesGroupCsvHeader + answer.groups.map(salesGroupCsvLine).join(''))
      },
    }),
    defineRoute({
      id: 'readSalesAtRisk',
      needs: 'stores:read',
      keepsBy: ['storeId'],
      method: 'get',
      paths: ['/stores/{store_id}/sales-at-risk'],
      tag: 'Stores',
      summary: 'What a store lost on some local dates while it was down, as a range',
      path: storePath,
      query: salesQuery,
      responses: { 200: { description: 'Its sales at risk', content: jsonOrCsv(salesBody) }, ...responses },
      async handle({ path, query: { format, ...rest } }, context) {
        const query = salesListInput.parse({ storeId: path.store_id, ...judgingOf(rest) })
        const { items } = await listSalesAtRisk(db, query)
        const row: SalesRow = items[0]!
        if (format === 'json') return context.json(row)
        return csv(context, salesCsvHeader + salesCsvLine(row))
      },
    }),
  ]
}
