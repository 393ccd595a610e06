import * as z from 'zod'
import { isoInstant } from './fields.ts'
import { roles } from './role.ts'
import { waysIn } from './way-in.ts'

const session = z
  .object({
    way: z.enum(waysIn).describe('How it was begun: with a key, or at a provider (oidc)'),
    expiresAt: isoInstant.describe(
      'When it ends at the latest; before, where it is not used, or its key ends',
    ),
  })
  .describe('The session of one who signed in')

const wayIn = z
  .object({
    way: z.enum(waysIn).describe('key: with one; oidc: at a provider of OpenID Connect'),
    label: z.string().nullable().describe('What people call the provider; null of keys'),
    address: z.string().nullable().describe('Where a browser goes to sign in; null of keys'),
  })
  .describe('A way to sign in')

export const caller = z
  .object({
    isAsked: z.boolean().describe('Whether callers have to say who they are'),
    name: z
      .string()
      .nullable()
      .describe('Who asks: the name of the key, or of who signed in; null where that is not known'),
    role: z.enum(roles).nullable().describe('What the caller may; null of one who has to say who it is'),
    labels: z
      .array(z.string())
      .describe('The groups that its stores are in, each as label=value; empty: it is for all stores'),
    permissions: z.array(z.string()).describe('What the role permits'),
    waysIn: z.array(wayIn).describe('How people can sign in here; none where nobody is asked'),
    session: session.nullable().describe('The session of one who signed in; null of others'),
  })
  .describe('Who asks, and how the server knows')
export type Caller = z.infer<typeof caller>

export const signInInput = z
  .strictObject({
    key: z
      .string('write a key')
      .min(1, 'write a key')
      .max(200)
      .describe('The key, as it was told when it was made'),
  })
  .describe('What one signs in with')
export type SignIn = z.output<typeof signInInput>
