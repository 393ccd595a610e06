import * as z from 'zod'
import {
  incident,
  incidentListInput,
  incidentQueryFields,
  simulateInput,
  simulation,
} from '../../../shared/incident.ts'
import { incidentConditions } from '../../../shared/incident-condition.ts'
import { incidentCsvHeader, incidentCsvLine } from '../../../shared/insight-csv.ts'
import { AppError } from '../../../shared/app-error.ts'
import { maxPageSize } from '../../../shared/page-size.ts'
import { pageOf } from '../../../shared/page.ts'
import { listIncidents } from '../../insight/incidents.ts'
import { simulateAlerts } from '../../insight/simulated-alerts.ts'
import type { ApiParts } from '../api-parts.ts'
import { noPolls, tooLarge, unknownStore } from './error-responses.ts'
import { csv, jsonOrCsv } from './json-or-csv.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { answerFormat, labelsQuery, pageQuery, trueOrFalse } from './schemas.ts'

function instantText({ description }: z.ZodType) {
  return z
    .string()
    .optional()
    .meta({ description: description!, examples: ['2023-01-24T00:00:00Z'] })
}

const { since, until, open, storeId } = incidentQueryFields
const listQuery = z.object({
  since: instantText(since),
  until: instantText(until),
  open: trueOrFalse(open),
  condition: z.enum(incidentConditions).optional().describe(incidentQueryFields.condition.description!),
  store_id: storeId,
  labels: labelsQuery,
  ...pageQuery.shape,
  format: answerFormat,
})
const listBody = pageOf(incident.meta({ id: 'Incident' })).meta({
  id: 'IncidentList',
  description: 'Incidents of many stores, then those of each store; by when they opened',
})
const simulationBody = simulation.meta({ id: 'Simulation' })
const simulateBody = simulateInput.prefault({})

const malformed: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: new AppError('invalid', 'since is not before until: give an earlier instant as since'),
}

/** The operations on incidents, which are found when they are asked for. */
export function incidentRoutes({ db, now }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listIncidents',
      needs: 'stores:read',
      keepsBy: ['storeId', 'labels'],
      method: 'get',
      paths: ['/incidents'],
      tag: 'Alerts',
      summary: 'Incidents that were open in some time: as JSON a page at a time, as CSV all of them',
      description:
        'They are found by the rules in force, in the data as they are. Those of many stores are told where all stores are asked for.',
      query: listQuery,
      responses: {
        200: { description: 'Incidents', content: jsonOrCsv(listBody) },
        400: malformed,
        404: unknownStore,
        409: noPolls,
      },
      async handle({ query: { format, store_id, ...given } }, context) {
        const query = incidentListInput.parse({ ...given, storeId: store_id })
        if (format === 'json') return context.json(await listIncidents(db, query, now()))
        let text = incidentCsvHeader
        let { cursor } = query
        do {
          const page = await listIncidents(db, { ...query, cursor, limit: maxPageSize }, now())
          text += page.items.map(incidentCsvLine).join('')
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
        return csv(context, text)
      },
    }),
    defineRoute({
      id: 'simulateAlerts',
      needs: 'alerts:read',
      method: 'post',
      paths: ['/alerts/simulate'],
      tag: 'Alerts',
      summary: 'What would have been told in some time, by the rules in force or by others: nothing is sent',
      body: simulateBody,
      responses: {
        200: { description: 'How much, by day and rule', content: { 'application/json': simulationBody } },
        400: malformed,
        409: noPolls,
        413: tooLarge,
      },
      handle: async ({ body }, context) => context.json(await simulateAlerts(db, body, now())),
    }),
  ]
}
