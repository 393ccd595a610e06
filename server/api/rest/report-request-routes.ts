import type { Context } from 'hono'
import { createHash } from 'node:crypto'
import type { Report } from '../../../shared/report.ts'
import { senderOf } from '../../access/principal.ts'
import type { ApiParts } from '../api-parts.ts'
import { baseUrl } from './base-url.ts'
import { callerOf, programOf } from './caller.ts'
import { malformedOptions, noPolls, tooLarge, tooManyReports } from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import {
  idempotencyHeaders,
  reportBody,
  reportQueryOptions,
  reportStatusOf,
  requestedReport,
} from './schemas.ts'

/** How long a repeated GET /trigger_report by the same caller means the report that it has just requested. */
const SAME_REQUEST_MS = 60_000
/** How long a report is known by its Idempotency-Key. */
const KEY_LASTS_MS = 24 * 3_600_000

/** The operations that request a report. */
export function reportRequestRoutes(parts: ApiParts): RestRoute[] {
  const { reports } = parts
  return [
    defineRoute({
      id: 'triggerReport',
      needs: 'reports:request',
      keepsBy: ['labels'],
      method: 'post',
      paths: ['/trigger_report'],
      tag: 'Reports',
      summary: 'Request a report',
      description:
        'With the same Idempotency-Key, a repeated request is answered with the same report for 24 hours.',
      body: reportBody,
      headers: idempotencyHeaders,
      responses: {
        200: {
          description: 'The report was requested; it is computed in the background',
          content: { 'application/json': requestedReport },
          headers: { Location: 'Where the state of the report is' },
        },
        400: malformedOptions,
        409: {
          ...noPolls,
          description: 'There are no polls to report on, or the key belongs to a request with other options',
        },
        413: tooLarge,
        429: tooManyReports,
      },
      async handle({ body, headers }, context) {
        const key = headers['idempotency-key']
        const caller = callerOf(context)
        if (key === undefined) return answerRequested(await reports.trigger(body, { caller }), context)
        // One caller's key is not another's.
        const once = {
          key: `key ${digest(senderOf(context.get('principal')) + key)}`,
          forMs: KEY_LASTS_MS,
          untilNews: false,
        }
        return answerRequested(await reports.trigger(body, { caller, once }), context)
      },
    }),
    defineRoute({
      id: 'triggerReportByGet',
      needs: 'reports:request',
      keepsBy: ['labels'],
      method: 'get',
      changesByGet: true,
      paths: ['/trigger_report'],
      tag: 'Reports',
      summary: 'Request a report, for clients that use GET',
      description:
        'Never cached. A browser may send it again by itself: within a minute, the same caller is answered with the report that it has requested already. HEAD starts nothing.',
      query: reportQueryOptions,
      responses: {
        200: {
          description: 'The report was requested, or had been just before',
          content: { 'application/json': requestedReport },
          headers: { Location: 'Where the state of the report is' },
        },
        400: malformedOptions,
        409: noPolls,
        429: tooManyReports,
      },
      async handle({ query }, context) {
        context.header('cache-control', 'no-store')
        if (context.req.method === 'HEAD') return context.body(null)
        const sender = senderOf(context.get('principal')) || undefined
        const request = digest(JSON.stringify([programOf(context), query, sender]))
        return answerRequested(
          await reports.trigger(query, {
            caller: callerOf(context),
            once: { key: `get ${request}`, forMs: SAME_REQUEST_MS, untilNews: true },
          }),
          context,
        )
      },
    }),
  ]

  function answerRequested(report: Report, context: Context): Response {
    const base = baseUrl(parts, context)
    context.header('location', new URL(`/get_report/${report.reportId}`, base).href)
    return context.json({ message: 'Report requested', ...reportStatusOf(report, base) })
  }
}

/** A fixed-length name for what a caller sent. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
