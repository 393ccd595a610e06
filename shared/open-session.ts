import * as z from 'zod'
import { changedBy } from './changed-by.ts'
import { isoInstant } from './fields.ts'
import { pageInput, pageOf } from './page.ts'
import { roles } from './role.ts'
import { waysIn } from './way-in.ts'

export const sessionId = z
  .int()
  .positive()
  .max(2 ** 31 - 1)
  .describe('Number of a session')

export const openSession = z
  .object({
    sessionId,
    way: z.enum(waysIn).describe('How it was begun: with a key, or at a provider (oidc)'),
    name: z.string().describe('The name of its key, or of who signed in'),
    role: z.enum(roles).describe('What it may'),
    labels: z
      .array(z.string())
      .describe('The groups that its stores are in, each as label=value; empty: it is for all stores'),
    createdAt: isoInstant.describe('When it was begun'),
    lastSeenAt: isoInstant.describe('When it was used last, known some minutes late'),
    expiresAt: isoInstant.describe('When it ends at the latest'),
  })
  .describe('The session of one who signed in, which has not ended')
export type OpenSession = z.infer<typeof openSession>

export const sessionListInput = pageInput
export const sessionPage = pageOf(openSession)

export const revokeSessionInput = z.strictObject({ sessionId, ...changedBy })
export type SessionRevocation = z.output<typeof revokeSessionInput>
