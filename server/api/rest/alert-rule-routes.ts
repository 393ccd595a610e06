import * as z from 'zod'
import {
  alertRules,
  alertRulesVersion,
  applyRulesInput,
  readRulesInput,
} from '../../../shared/alert-rules.ts'
import { AppError } from '../../../shared/app-error.ts'
import { signed } from '../../access/principal.ts'
import { applyAlertRules, noSuchVersion, readAlertRules } from '../../database/alert-rules.ts'
import type { ApiParts } from '../api-parts.ts'
import { tooLarge } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'

const rulesBody = alertRules.meta({
  id: 'AlertRules',
  examples: [
    alertRules.parse({
      rules: [{ condition: 'down', group: 'city=Bonn', for: '15m', severity: 'critical' }],
    }),
  ],
})
const versionBody = alertRulesVersion.extend({ rules: rulesBody }).meta({
  id: 'AlertRulesVersion',
  description: 'What is told of, and since when',
})
const json = { 'application/json': versionBody }

const readQuery = z.object({
  version: z.coerce
    .number('write the number of a version')
    .pipe(readRulesInput.shape.version.unwrap())
    .optional()
    .describe(readRulesInput.shape.version.description!),
})
const madeQuery = z.object({ by: applyRulesInput.shape.by, reason: applyRulesInput.shape.reason })

const malformed: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: new AppError(
    'invalid',
    'rules[0].for: "a while" is not a duration: write a number and a unit such as "90m"',
  ),
}

/** The operations on the rules that incidents are found by. */
export function alertRuleRoutes(parts: ApiParts): RestRoute[] {
  const { db, now } = parts
  const common = { paths: ['/alerts/rules'], tag: 'Alerts' } as const
  return [
    defineRoute({
      ...common,
      id: 'readAlertRules',
      needs: 'alerts:read',
      method: 'get',
      summary: 'The rules that incidents are found by, those in force or those of a version',
      query: readQuery,
      responses: {
        200: { description: 'The rules, with all that was left out', content: json },
        400: malformed,
        404: { description: 'There is no such version', example: noSuchVersion(7) },
      },
      handle: async ({ query }, context) => context.json(await readAlertRules(db, query.version)),
    }),
    defineRoute({
      ...common,
      id: 'applyAlertRules',
      needs: 'alerts:write',
      method: 'put',
      summary: 'Put rules in force, instead of all that there are',
      description:
        'They are a new version; what was told by earlier ones stays as it was. The same rules again change nothing.',
      query: madeQuery,
      body: rulesBody,
      responses: {
        200: { description: 'The version in force', content: json },
        400: malformed,
        413: tooLarge,
      },
      async handle({ query, body }, context) {
        const made = { ...signed(context.get('principal'), query), at: now() }
        return context.json(await parts.change((tx) => applyAlertRules(tx, body, made)))
      },
    }),
  ]
}
