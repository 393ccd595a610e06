import * as z from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { parseDuration } from '../../shared/duration.ts'
import { givenLabels } from '../../shared/group.ts'
import { incidentConditions, severities } from '../../shared/incident-condition.ts'
import { storeId } from '../../shared/ids.ts'
import { givenBy, givenDuration, givenName } from './given.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const givenRepeat = givenBy((text) => {
  if (text === 'never') return text
  const ms = parseDuration(text)
  if (ms >= 15 * MINUTE_MS && ms <= 7 * DAY_MS) return ms
  throw new AppError('invalid', `"${text}" is not from 15m to 7d: write that, or never`)
})

const escalation = z
  .strictObject({
    after: givenDuration(MINUTE_MS, 7 * DAY_MS, '1m to 7d')
      .prefault('60m')
      .describe('After how much business time (default: 60m)'),
    to: z.string('write the name of a route').describe('To which route'),
  })
  .describe('What is told to others where nobody has acknowledged it')

export const routeSetting = z
  .strictObject({
    name: givenName.describe('What it is called in lists'),
    channels: z
      .array(z.string(), 'write a list of channels')
      .min(1, 'write at least one channel')
      .max(50, 'at most 50')
      .describe('By which channels it is told'),
    severity: z
      .array(z.enum(severities, `write ${severities.join(', ')}`), 'write a list of severities')
      .optional()
      .describe(`Only what is of one of these: ${severities.join(', ')} (default: all)`),
    condition: z
      .array(
        z.enum(incidentConditions, `write ${incidentConditions.join(', ')}`),
        'write a list of conditions',
      )
      .optional()
      .describe(`Only what is of one of these: ${incidentConditions.join(', ')} (default: all)`),
    group: givenLabels.describe(
      'Only of stores that are in all of these groups, each as label=value (default: of all)',
    ),
    store: z
      .array(storeId, 'write a list of stores')
      .min(1, 'write at least one store')
      .max(1000, 'at most 1000')
      .optional()
      .describe('Only of these stores (default: of all)'),
    wait: givenDuration(0, HOUR_MS, '0s to 1h')
      .prefault('2m')
      .describe('How long more is waited for, before people are told (default: 2m)'),
    every: givenDuration(MINUTE_MS, 24 * HOUR_MS, '1m to 24h')
      .prefault('5m')
      .describe('How long after a message people are told the next (default: 5m)'),
    repeat: givenRepeat
      .optional()
      .describe(
        'After how much business time what is still open, and not acknowledged, is told again, or `never` (default: 4h to people, never to programs)',
      ),
    repeatsADay: z
      .int('write a whole number')
      .min(1, 'at least 1')
      .max(100, 'at most 100')
      .default(3)
      .describe('How often in 24 hours it is told again at most (default: 3)'),
    escalate: escalation
      .optional()
      .describe(
        'Where nobody acknowledges it: `after` so much business time (default: 60m), it is told by the channels of the route `to`, too (default: it is not)',
      ),
    onlyEscalated: z
      .boolean('write true or false')
      .default(false)
      .describe('Whether it is told nothing but what others escalate to it (default: false)'),
  })
  .describe('Who is told what')
export type RouteSetting = z.output<typeof routeSetting>
