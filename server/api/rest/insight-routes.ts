import { historyInput } from '../../../shared/history.ts'
import {
  outageCsvHeader,
  outageCsvLine,
  outageGroupCsvHeader,
  outageGroupCsvLine,
  periodCsvHeader,
  periodCsvLine,
  segmentCsvHeader,
  segmentCsvLine,
} from '../../../shared/insight-csv.ts'
import { outageGroupsInput, outageListInput } from '../../../shared/outage.ts'
import { storeUptimeInput } from '../../../shared/report.ts'
import { timelineInput } from '../../../shared/timeline.ts'
import { withoutHint } from '../../access/kept-answers.ts'
import { readHistory } from '../../insight/history.ts'
import { groupOutages } from '../../insight/outage-groups.ts'
import { listOutages, outagesByStore } from '../../insight/outages.ts'
import { readTimeline } from '../../insight/timeline.ts'
import type { ApiParts } from '../api-parts.ts'
import { linesOf, streamOfLines } from './csv-lines.ts'
import {
  malformedHistory,
  malformedOutageGroups,
  malformedOutages,
  malformedTimeline,
  malformedUptime,
  noPolls,
  unknownStore,
} from './error-responses.ts'
import { csv, jsonOrCsv } from './json-or-csv.ts'
import { defineRoute, type RestRoute } from './route.ts'
import {
  historyBody,
  historyQuery,
  judgingOf,
  outageGroupsBody,
  outageGroupsQuery,
  outageListBody,
  outageQuery,
  timelineBody,
  timelineQuery,
  uptimeQuery,
} from './insight-schemas.ts'
import { reportRowBody, storePath } from './schemas.ts'

/** The operations that take figures apart, answered at once. */
export function insightRoutes({ db, reports }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'readStoreUptime',
      needs: 'stores:read',
      keepsBy: ['storeId'],
      method: 'get',
      paths: ['/stores/{store_id}/uptime'],
      tag: 'Stores',
      summary: 'The row that a report would have for one store, at once',
      path: storePath,
      query: uptimeQuery,
      responses: {
        200: { description: 'Its row', content: { 'application/json': reportRowBody } },
        400: malformedUptime,
        404: unknownStore,
        409: noPolls,
      },
      async handle({ path, query }, context) {
        const { storeId, ...options } = storeUptimeInput.parse({
          storeId: path.store_id,
          ...judgingOf(query),
        })
        return context.json(await reports.storeRow(storeId, options))
      },
    }),
    defineRoute({
      id: 'explainStore',
      needs: 'stores:read',
      keepsBy: ['storeId'],
      method: 'get',
      paths: ['/stores/{store_id}/timeline'],
      tag: 'Stores',
      summary:
        "A store's time in a window, taken apart down to the polls and the rules; as CSV, its segments",
      path: storePath,
      query: timelineQuery,
      responses: {
        200: { description: 'Its time', content: jsonOrCsv(timelineBody) },
        400: malformedTimeline,
        404: unknownStore,
        409: noPolls,
      },
      async handle({ path, query: { format, since, until, ...judging } }, context) {
        const timeline = await readTimeline(
          db,
          timelineInput.parse({ storeId: path.store_id, since, until, ...judgingOf(judging) }),
        )
        if (format === 'json') return context.json(timeline)
        return csv(context, segmentCsvHeader + timeline.segments.map(segmentCsvLine).join(''))
      },
    }),
    defineRoute({
      id: 'readStoreHistory',
      needs: 'stores:read',
      keepsBy: ['storeId'],
      method: 'get',
      paths: ['/stores/{store_id}/history'],
      tag: 'Stores',
      summary: "A store's business time by day, week, month or hour of the week",
      path: storePath,
      query: historyQuery,
      responses: {
        200: { description: 'Its periods', content: jsonOrCsv(historyBody) },
        400: malformedHistory,
        404: unknownStore,
        409: noPolls,
      },
      async handle({ path, query: { format, by, since, until, ...judging } }, context) {
        const history = await readHistory(
          db,
          historyInput.parse({ storeId: path.store_id, by, since, until, ...judgingOf(judging) }),
        )
        if (format === 'json') return context.json(history)
        return csv(context, periodCsvHeader + history.items.map(periodCsvLine).join(''))
      },
    }),
    defineRoute({
      id: 'listOutageGroups',
      needs: 'stores:read',
      keepsBy: ['labels'],
      method: 'get',
      paths: ['/outages/groups'],
      tag: 'Stores',
      summary: 'The outages with down time on some local dates, rolled up by a label: a row for each value',
      query: outageGroupsQuery,
      responses: {
        200: { description: 'The groups', content: jsonOrCsv(outageGroupsBody) },
        400: malformedOutageGroups,
        409: noPolls,
      },
      async handle({ query: { format, by, since, until, labels, ...judging } }, context) {
        const query = outageGroupsInput.parse({ by, since, until, labels, ...judgingOf(judging) })
        const answer = withoutHint(context.get('principal'), await groupOutages(db, query))
        if (format === 'json') return context.json(answer)
        return csv(context, outageGroupCsvHeader + answer.groups.map(outageGroupCsvLine).join(''))
      },
    }),
    defineRoute({
      id: 'listOutages',
      needs: 'stores:read',
      keepsBy: ['storeId', 'labels'],
      method: 'get',
      paths: ['/outages'],
      tag: 'Stores',
      summary: 'The outages with down time on some local dates: as JSON a page at a time, as CSV all of them',
      query: outageQuery,
      responses: {
        200: { description: 'Outages', content: jsonOrCsv(outageListBody) },
        400: malformedOutages,
        404: unknownStore,
        409: noPolls,
      },
      async handle(
        {
          query: {
            format,
            since,
            until,
            store_id: storeId,
            labels,
            sort_by: sortBy,
            limit,
            cursor,
            ...judging
          },
        },
        context,
      ) {
        const query = outageListInput.parse({
          since,
          until,
          storeId,
          labels,
          sortBy,
          limit,
          cursor,
          ...judgingOf(judging),
        })
        if (format === 'json') return context.json(await listOutages(db, query))
        const lines = linesOf(outagesByStore(db, query, undefined), outageCsvHeader, ({ outages }) =>
          outages.map(outageCsvLine).join(''),
        )
        return csv(context, await streamOfLines(lines))
      },
    }),
  ]
}
