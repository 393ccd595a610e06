import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { incidentConditions } from '../../../shared/incident-condition.ts'
import {
  acknowledging,
  toldIncident,
  toldIncidentFields,
  toldIncidentPage,
  toldIncidentsInput,
  toldIncidentWithEvents,
} from '../../../shared/told-incident.ts'
import { getToldIncident, listToldIncidents } from '../../database/listed-incidents.ts'
import { acknowledge, takeBack } from '../acknowledging.ts'
import type { ApiParts } from '../api-parts.ts'
import { messageBody } from './alert-routes.ts'
import { tooLarge, unknownStore } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { pageQuery, trueOrFalse } from './schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

const listQuery = z.object({
  open: trueOrFalse(toldIncidentFields.open),
  condition: z.enum(incidentConditions).optional().describe(toldIncidentFields.condition.description!),
  store_id: toldIncidentFields.storeId,
  ...pageQuery.shape,
})
const listBody = toldIncidentPage
  .extend({
    items: z.array(toldIncident.meta({ id: 'ToldIncident' })).describe('What the page has'),
  })
  .meta({ id: 'ToldIncidentList', description: 'Incidents of the ledger, those that were told last first' })
const oneBody = toldIncidentWithEvents
  .extend({
    messages: z.array(messageBody).describe(toldIncidentWithEvents.shape.messages.description!),
  })
  .meta({
    id: 'ToldIncidentWithEvents',
    description: 'An incident of the ledger, with what became of it, and of its messages',
  })
const acknowledgeBody = acknowledging
  .meta({
    id: 'Acknowledging',
    examples: [{ note: 'the oven is being mended', until: '2099-10-05T18:00:00Z' }],
  })
  .prefault({})
const path = z.object({
  incident_id: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'write the number of an incident')
    .transform(Number)
    .describe('Number of an incident of the ledger')
    .meta({ examples: ['1'] }),
})

const malformed: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: new AppError(
    'invalid',
    '"Marvin" is not a cursor of incidents: take nextCursor of the page before',
  ),
}
const malformedUntil: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: new AppError(
    'invalid',
    'until: 2020-01-01T00:00:00.000Z is not after 2026-10-05T12:00:00.000Z: write a later time',
  ),
}
const malformedId: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: new AppError('invalid', 'incident_id: write the number of an incident'),
}
const unknownIncident: RestResponse = {
  description: 'There is no such incident in the ledger',
  example: new AppError('not-found', 'there is no incident 1: "store-monitor incidents told" lists them'),
}

/** The operations on the ledger: what was told. */
export function toldIncidentRoutes(parts: ApiParts): RestRoute[] {
  const { db, now } = parts
  return [
    defineRoute({
      id: 'listToldIncidents',
      needs: 'alerts:read',
      method: 'get',
      paths: ['/incidents/told'],
      tag: 'Alerts',
      summary: 'The incidents of which something was told, the latest first, a page at a time',
      query: listQuery,
      responses: {
        200: { description: 'A page of incidents', content: json(listBody) },
        400: malformed,
        404: unknownStore,
      },
      async handle({ query: { store_id: storeId, ...given } }, context) {
        const query = toldIncidentsInput.parse({ ...given, storeId })
        return context.json(await listToldIncidents(db, query, now()))
      },
    }),
    defineRoute({
      id: 'getToldIncident',
      needs: 'alerts:read',
      method: 'get',
      paths: ['/incidents/{incident_id}'],
      tag: 'Alerts',
      summary: 'An incident of the ledger, with what became of it, and of its messages',
      path,
      responses: {
        200: { description: 'The incident', content: json(oneBody) },
        400: malformedId,
        404: unknownIncident,
      },
      handle: async ({ path: { incident_id } }, context) =>
        context.json(await getToldIncident(db, incident_id, now())),
    }),
    defineRoute({
      id: 'acknowledgeIncident',
      needs: 'alerts:run',
      method: 'post',
      paths: ['/incidents/{incident_id}/acknowledge'],
      tag: 'Alerts',
      summary: 'Say that somebody knows of an incident',
      description:
        'Until that ends, it is told neither again nor to others; its end is told. It changes no figures, and is over where the incident comes back.',
      path,
      body: acknowledgeBody,
      responses: {
        200: { description: 'The incident', content: json(oneBody) },
        400: malformedUntil,
        404: unknownIncident,
        409: {
          description: 'It is over',
          example: new AppError(
            'conflict',
            'incident 1 is over: it is told no further, "store-monitor incidents told --open" lists those that are not',
          ),
        },
        413: tooLarge,
      },
      handle: async ({ path: { incident_id: incidentId }, body }, context) =>
        context.json(await acknowledge(parts, context.get('principal'), { ...body, incidentId })),
    }),
    defineRoute({
      id: 'takeBackAcknowledgement',
      needs: 'alerts:run',
      method: 'delete',
      paths: ['/incidents/{incident_id}/acknowledge'],
      tag: 'Alerts',
      summary: 'Take back that somebody knows of it, as if that had never been said',
      path,
      responses: {
        200: { description: 'The incident', content: json(oneBody) },
        400: malformedId,
        404: unknownIncident,
        409: {
          description: 'It is not acknowledged',
          example: new AppError(
            'conflict',
            'incident 1 is not acknowledged: "store-monitor incidents get 1" shows how it is',
          ),
        },
      },
      handle: async ({ path: { incident_id } }, context) => context.json(await takeBack(parts, incident_id)),
    }),
  ]
}
