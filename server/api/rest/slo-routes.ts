import * as z from 'zod'
import { sloCsvHeader, sloCsvLine, sloGroupCsvHeader, sloGroupCsvLine } from '../../../shared/insight-csv.ts'
import { pageOf } from '../../../shared/page.ts'
import {
  slo,
  sloGroups,
  sloGroupsFields,
  sloGroupsInput,
  sloListFields,
  sloListInput,
} from '../../../shared/slo.ts'
import { withoutHint } from '../../access/kept-answers.ts'
import { groupSlos } from '../../insight/slo-groups.ts'
import { listSlos, slosByStore } from '../../insight/slos.ts'
import { appErrorOf } from '../errors.ts'
import type { ApiParts } from '../api-parts.ts'
import { linesOf, streamOfLines } from './csv-lines.ts'
import { noPolls, unknownStore } from './error-responses.ts'
import { csv, jsonOrCsv } from './json-or-csv.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { answerFormat, labelsQuery, pageQuery } from './schemas.ts'

const listQuery = z.object({
  month: sloListFields.month,
  store_id: sloListFields.storeId,
  labels: labelsQuery,
  sort_by: sloListFields.sortBy,
  ...pageQuery.shape,
  format: answerFormat,
})
const groupsQuery = z.object({ ...sloGroupsFields, labels: labelsQuery, format: answerFormat })
const listBody = pageOf(slo.meta({ id: 'Slo' })).meta({
  id: 'SloList',
  description: 'Where stores stand in a month, by store',
})
const groupsBody = sloGroups.meta({ id: 'SloGroups' })

const malformed: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: appErrorOf(listQuery.safeParse({ month: '2023-13' }).error),
}

/** The operations that tell how much of the downtime that was promised is spent. */
export function sloRoutes({ db }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listSlos',
      needs: 'stores:read',
      keepsBy: ['storeId', 'labels'],
      method: 'get',
      paths: ['/slos'],
      tag: 'Stores',
      summary:
        'How much of the downtime that they may have stores spent in a month: as JSON a page at a time, as CSV all of them',
      description: 'Of those stores that a rule of `budget` counts for.',
      query: listQuery,
      responses: {
        200: {
          description: 'Where stores stand',
          content: jsonOrCsv(listBody),
        },
        400: malformed,
        404: unknownStore,
        409: noPolls,
      },
      async handle({ query: { format, store_id: storeId, sort_by: sortBy, ...rest } }, context) {
        const query = sloListInput.parse({ storeId, sortBy, ...rest })
        if (format === 'json') return context.json(await listSlos(db, query))
        return csv(context, await streamOfLines(linesOf(slosByStore(db, query), sloCsvHeader, sloCsvLine)))
      },
    }),
    defineRoute({
      id: 'listSloGroups',
      needs: 'stores:read',
      keepsBy: ['labels'],
      method: 'get',
      paths: ['/slos/groups'],
      tag: 'Stores',
      summary: 'The same of all stores together, or rolled up by a label: a row for each value, and rule',
      query: groupsQuery,
      responses: {
        200: { description: 'The groups', content: jsonOrCsv(groupsBody) },
        400: malformed,
        409: noPolls,
      },
      async handle({ query: { format, ...rest } }, context) {
        const query = sloGroupsInput.parse(rest)
        const answer = withoutHint(context.get('principal'), await groupSlos(db, query))
        if (format === 'json') return context.json(answer)
        return csv(context, sloGroupCsvHeader + answer.groups.map(sloGroupCsvLine).join(''))
      },
    }),
  ]
}
