import * as z from 'zod'
import { givenLabels } from '../../shared/group.ts'
import {
  givenAllowPrivate,
  givenBytes,
  givenDuration,
  givenHeaders,
  givenList,
  givenName,
  givenPath,
  givenUrl,
} from './given.ts'

const SECOND_MS = 1000
const DAY_MS = 86_400_000

const said = z.enum(['active', 'inactive', 'none'], 'write active, inactive or none (no answer)')
export type Said = z.output<typeof said>

const rule = z
  .strictObject({
    status: z
      .record(
        z.string().regex(/^[1-5](?:\d\d|xx)$/, 'write a status such as 404, or a class such as 4xx'),
        said,
      )
      .optional()
      .describe('What a status says, which counts before what is in the answer'),
    json: z
      .strictObject({
        path: givenPath.describe('Where it is said: a JSONPath'),
        values: z.record(z.string(), said).describe('What is said there'),
      })
      .optional()
      .describe('What is said in JSON'),
    text: z
      .strictObject({
        active: z.string().min(1).optional().describe('What an active store has in its answer'),
        inactive: z.string().min(1).optional().describe('What an inactive one has'),
      })
      .optional()
      .describe('What is said in a text'),
  })
  .refine(
    ({ status, json, text }) =>
      [status, json?.values].some((one) => Object.values(one ?? {}).some((what) => what !== 'none')) ||
      [text?.active, text?.inactive].some((one) => one !== undefined),
    'no answer of it would be active or inactive: write status, json or text',
  )
export type Rule = z.output<typeof rule>

export const pollerSetting = z
  .strictObject({
    name: givenName.describe('What it is called in lists'),
    url: givenUrl(['http:', 'https:'], 'https://example.org/stores/{store_id}')
      .refine(
        (url) => url.includes('{store_id}'),
        'it lacks {store_id}: write where the id of the store goes',
      )
      .describe('What is asked of a store, whose id stands for `{store_id}`; `${NAME}` for a variable'),
    rule: rule.describe('What an answer says; what no rule fits is no answer, and no poll'),
    method: z
      .enum(['GET', 'HEAD', 'POST'], 'write GET, HEAD or POST')
      .default('GET')
      .describe('How it is asked (default: GET)'),
    headers: givenHeaders,
    body: z.string().optional().describe('What is sent, in which `{store_id}` stands for the id as it is'),
    group: givenLabels.describe(
      'Only stores that are in all of these groups, each as label=value (default: all stores)',
    ),
    every: givenDuration(10 * SECOND_MS, DAY_MS, '10s to 24h')
      .prefault('1h')
      .describe('How often each store is asked; which is when, is spread over it (default: 1h)'),
    rate: z
      .number('write a number')
      .min(0.01, 'write 0.01 to 1000')
      .max(1000, 'write 0.01 to 1000')
      .default(10)
      .describe('How many are asked in a second at most (default: 10)'),
    concurrency: z
      .int('write a whole number')
      .min(1, 'write 1 to 200')
      .max(200, 'write 1 to 200')
      .default(10)
      .describe('How many are asked at once at most (default: 10)'),
    timeout: givenDuration(SECOND_MS, 300 * SECOND_MS, '1s to 5m')
      .prefault('15s')
      .describe('How long an answer may take (default: 15s)'),
    maxBytes: givenBytes.prefault('1MB').describe('How large it may be, unpacked (default: 1MB)'),
    redirects: z
      .enum(['follow', 'answer'], 'write follow or answer')
      .default('follow')
      .describe('Whether redirects are followed, or are answers with a status (default: follow)'),
    allowPrivate: givenAllowPrivate,
  })
  .describe('What is asked of each store by turns')
export type PollerSetting = z.output<typeof pollerSetting>

export const pollerSettings = givenList(pollerSetting, 50, 'pollers')
