import * as z from 'zod'
import { changedBy } from './changed-by.ts'
import { isoInstant } from './fields.ts'
import { givenLabels } from './group.ts'
import { pageInput, pageOf } from './page.ts'
import { instant } from './report.ts'
import { roles } from './role.ts'

export const keyName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,49}$/, 'a name has at most 50 letters, digits, ".", "_", "@" and "-"')
  .describe('What the key is called; another one may be called so when it is revoked')
  .meta({ examples: ['poller-1'] })

const role = z
  .enum(roles)
  .describe(
    'What it may: viewer reads and requests reports; ingester pushes polls and imports; operator does both, changes stores and deletes; admin manages keys, too',
  )

export const accessKey = z
  .object({
    name: keyName,
    prefix: z.string().describe('How the key begins: what may be shown of it'),
    role,
    labels: z
      .array(z.string())
      .describe('The groups that its stores are in, each as label=value; empty: it is for all stores'),
    state: z
      .enum(['in-force', 'expired', 'revoked'])
      .describe('Whether it is taken, and if not, why: revoked, or expired'),
    createdAt: isoInstant.describe('When it was made'),
    createdBy: z.string().nullable().describe('Who made it; null where that was not said'),
    expiresAt: isoInstant.nullable().describe('When it expires; null: it does not'),
    lastUsedAt: isoInstant
      .nullable()
      .describe('When it was used last, known some minutes late; null where it never was'),
    revokedAt: isoInstant.nullable().describe('When it was revoked; null where it was not'),
    revokedBy: z.string().nullable().describe('Who revoked it; null where nobody has, or that was not said'),
  })
  .describe('A key of somebody who calls the server')
export type AccessKey = z.infer<typeof accessKey>

export const createdKey = accessKey
  .extend({ key: z.string().describe('The key itself: it is told this once, and kept nowhere') })
  .describe('A new key')
export type CreatedKey = z.infer<typeof createdKey>

export const newKeyInput = z
  .strictObject({
    name: keyName,
    role,
    labels: givenLabels.describe(
      'The groups that its stores are in, each as label=value; left out, it is for all stores',
    ),
    expires: instant
      .optional()
      .describe('When it expires; left out, it does not')
      .meta({ examples: ['2027-01-01T00:00:00Z'] }),
    ...changedBy,
  })
  .superRefine(({ role, labels = [] }, context) => {
    if (role !== 'admin' || labels.length === 0) return
    context.addIssue({
      code: 'custom',
      path: ['labels'],
      message: 'a key that manages keys is for all stores: leave the groups out, or make an operator of it',
    })
  })
export type NewKey = z.output<typeof newKeyInput>

export const revokeKeyInput = z.strictObject({ name: keyName, ...changedBy })
export type KeyRevocation = z.output<typeof revokeKeyInput>

export const keyListInput = pageInput.extend({
  state: z
    .enum(['in-force', 'all'])
    .default('all')
    .describe('in-force: only those that are taken; all: those that expired or were revoked, too'),
})
export type KeyListQuery = z.output<typeof keyListInput>

export const keyPage = pageOf(accessKey)
