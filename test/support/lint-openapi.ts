/** Lints the OpenAPI document by all rules that Redocly recommends. Exits 1, and says why, where one is broken. */
import { createConfig, formatProblems, getTotals, lintFromString } from '@redocly/openapi-core'
import type { ApiParts } from '../../server/api/api-parts.ts'
import { openApiDocument } from '../../server/api/rest/openapi.ts'
import { restRoutes } from '../../server/api/rest/routes.ts'

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    // Those that take nothing cannot be asked wrongly.
    'operation-4xx-response': 'off',
  },
})
const nothingIsCalled = { getReportAs: 'json' } as ApiParts
const document = openApiDocument(restRoutes(nothingIsCalled), '0.0.0')
const problems = await lintFromString({
  source: JSON.stringify(document, null, 2),
  absoluteRef: 'openapi.json',
  config,
})
const totals = getTotals(problems)
formatProblems(problems, { format: 'stylish', totals, version: '' })
process.exitCode = problems.length > 0 ? 1 : 0
