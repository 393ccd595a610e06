import * as z from 'zod'
import { count } from './fields.ts'

const readinessChecks = ['database', 'tables', 'writing'] as const

const readinessCheck = z
  .object({
    name: z.enum(readinessChecks).describe('What was looked at'),
    ok: z.boolean().describe('Whether it is as it should be'),
    reason: z.string().nullable().describe('What is wrong, and what to do; null where nothing is'),
  })
  .describe('One thing that has to be right')
export type ReadinessCheck = z.infer<typeof readinessCheck>

export const readiness = z
  .object({
    status: z.enum(['ok', 'failing']).describe('ok where all checks are'),
    checks: z.array(readinessCheck).describe('Each thing that was looked at'),
    deadLetters: count
      .nullable()
      .describe(
        'How many messages of alerts were given up, which keeps no server from its work; null where that cannot be read',
      ),
  })
  .describe('Whether the server can do its work')
export type Readiness = z.infer<typeof readiness>
