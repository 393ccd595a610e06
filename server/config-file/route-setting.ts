import * as z from 'zod'
import { givenLabels } from '../../shared/group.ts'
import { incidentConditions, severities } from '../../shared/incident-condition.ts'
import { storeId } from '../../shared/ids.ts'
import { givenDuration, givenName } from './given.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

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
  })
  .describe('Who is told what')
export type RouteSetting = z.output<typeof routeSetting>
