import type * as z from 'zod'
import { createCorrection, listCorrections, revokeCorrection } from '../../database/correction-records.ts'
import { authorOf, signed } from '../../access/principal.ts'
import type { ApiParts } from '../api-parts.ts'
import {
  malformedCorrection,
  malformedCorrectionId,
  malformedPage,
  tooLarge,
  unknownCorrection,
  unknownStore,
} from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import {
  correctionBody,
  correctionList,
  correctionListQuery,
  correctionPath,
  newCorrectionBody,
  revokeQuery,
} from './store-schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

/** The operations on corrections. */
export function correctionRoutes(parts: ApiParts): RestRoute[] {
  const { db, now } = parts
  return [
    defineRoute({
      id: 'listCorrections',
      needs: 'stores:read',
      keepsBy: ['storeId', 'labels'],
      method: 'get',
      paths: ['/corrections'],
      tag: 'Corrections',
      summary: 'Corrections, newest first, a page at a time',
      query: correctionListQuery,
      responses: {
        200: { description: 'A page of corrections', content: json(correctionList) },
        400: malformedPage,
      },
      async handle({ query: { store_id: storeId, ...query } }, context) {
        return context.json(await listCorrections(db, { ...query, storeId }))
      },
    }),
    defineRoute({
      id: 'createCorrection',
      needs: 'stores:write',
      keepsBy: ['storeId'],
      method: 'post',
      paths: ['/corrections'],
      tag: 'Corrections',
      summary: 'Make a correction',
      description:
        'It counts from now on in all figures but those that are asked for without corrections. The same one given again is the one that there is.',
      body: newCorrectionBody,
      responses: {
        200: { description: 'The correction', content: json(correctionBody) },
        400: malformedCorrection,
        404: unknownStore,
        413: tooLarge,
      },
      async handle({ body: { from, to, author: said, ...correction } }, context) {
        const author = authorOf(context.get('principal'), said)
        const made = { ...correction, author, fromMs: from, toMs: to }
        const created = await parts.change((tx) => createCorrection(tx, made, now()))
        return context.json(created)
      },
    }),
    defineRoute({
      id: 'revokeCorrection',
      needs: 'stores:write',
      keepsBy: ['correctionId'],
      method: 'delete',
      paths: ['/corrections/{correction_id}'],
      tag: 'Corrections',
      summary: 'Revoke a correction',
      description: 'It counts no more, and its record stays. Revoking it again changes nothing.',
      path: correctionPath,
      query: revokeQuery,
      responses: {
        200: { description: 'The correction, revoked', content: json(correctionBody) },
        400: malformedCorrectionId,
        404: unknownCorrection,
      },
      async handle({ path, query }, context) {
        const { by, reason } = signed(context.get('principal'), query)
        const revoked = await parts.change((tx) =>
          revokeCorrection(tx, path.correction_id, { by, reason, at: now() }),
        )
        return context.json(revoked)
      },
    }),
  ]
}
