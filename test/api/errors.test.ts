import { expect, test } from 'vitest'
import type * as z from 'zod'
import { appErrorOf } from '../../server/api/errors.ts'
import { historyQuery } from '../../server/api/rest/insight-schemas.ts'
import { importPath } from '../../server/api/rest/import-schemas.ts'
import { pageQuery, reportBody } from '../../server/api/rest/schemas.ts'
import { alertRules } from '../../shared/alert-rules.ts'
import { importIdInput } from '../../shared/import.ts'
import { pageInput } from '../../shared/page.ts'
import { storeIdInput } from '../../shared/store.ts'
import { suggestInput } from '../../shared/suggestion.ts'

test.each<readonly [schema: z.ZodType, given: unknown, message: string]>([
  [pageQuery, { limit: '0' }, 'limit: 0 is no number of items: a page has 1 to 1000'],
  [pageQuery, { limit: 'all' }, 'limit: it is no number of items: a page has 1 to 1000'],
  [pageInput, { limit: 2000 }, 'limit: 2000 is too large: at most 1000 is allowed'],
  [importIdInput, { importId: 0 }, 'importId: 0 is too small: more than 0 is allowed'],
  [suggestInput, { text: 'a', limit: 0 }, 'limit: 0 is too small: at least 1 is allowed'],
  [
    importPath,
    { import_id: '-1' },
    'import_id: -1 is no import: one is known by its number, which starts at 1',
  ],
  [
    storeIdInput,
    { storeId: 'a b' },
    'storeId: "a b" is no store id: one is 1 to 128 letters, digits and . _ : - and starts with a letter or digit',
  ],
  [historyQuery, { by: 'day', until: '2026-11-04' }, 'since: it is missing'],
  [alertRules, 'down', '"down" is not the expected object: write one of JSON, in braces'],
  [alertRules, undefined, 'the expected object is missing: write one of JSON, in braces'],
  [reportBody, { reech: '1h' }, '"reech" is not known here: leave it out, or correct it'],
  [reportBody, { a: 1, b: 2 }, '"a", "b" are not known here: leave them out, or correct them'],
  [
    reportBody,
    { interpolation: 'x'.repeat(100) },
    `interpolation: "${'x'.repeat(59)}… is not allowed: write one of "nearest"|"previous"`,
  ],
])('what is refused is told with the value and what it should be: %#', (schema, given, message) => {
  expect(appErrorOf(schema.safeParse(given).error)).toMatchObject({ code: 'invalid', message })
})
