import * as z from 'zod'

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
  })
  .describe('Whether the server can do its work')
export type Readiness = z.infer<typeof readiness>
