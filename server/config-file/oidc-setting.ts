import * as z from 'zod'
import { givenLabels } from '../../shared/group.ts'
import { isLoopback } from '../../shared/loopback.ts'
import { roles } from '../../shared/role.ts'

const claimName = z.string().min(1, 'write the name of a claim').max(200)

const mapped = z
  .strictObject({
    value: z.string().min(1, 'write a value of the claim').max(500).describe('A value that the claim has'),
    claim: claimName.optional().describe('Another claim than that of all (default: `claim`)'),
    role: z.enum(roles, `write ${roles.join(', ')}`).describe('The role of who has it'),
    groups: givenLabels.describe('The groups that its stores are in, as of a key (default: all stores)'),
  })
  .superRefine(({ role, groups = [] }, context) => {
    if (role !== 'admin' || groups.length === 0) return
    const message = 'who manages keys is for all stores: leave the groups out, or make an operator of it'
    context.addIssue({ code: 'custom', path: ['groups'], message })
  })

const issuerForm = 'write the URL of the issuer, such as https://id.example.org/realms/soup'

function isIssuer(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.search !== '' || url.hash !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

export const oidcSetting = z
  .strictObject({
    issuer: z
      .string(issuerForm)
      .refine(isIssuer, issuerForm)
      .describe('The provider, as it calls itself: an https address'),
    clientId: z.string().min(1, 'write what the provider calls this server').describe('This server there'),
    clientSecret: z
      .string()
      .min(1, 'write a secret, or leave the key out')
      .optional()
      .describe(
        'Its secret: `${NAME}` stands for a variable of the environment, `file:/run/secrets/x` for what a file has (default: none, of a public client)',
      ),
    clientAuthentication: z
      .enum(['basic', 'post'], 'write basic or post')
      .optional()
      .describe('How the secret is sent (default: basic, where the provider takes that)'),
    label: z
      .string()
      .trim()
      .min(1, 'write what people call the provider')
      .max(50, 'at most 50 characters')
      .optional()
      .describe('What people call it, where they sign in (default: the host of the issuer)'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'that is no scope'), 'write a list of scopes')
      .default(['openid', 'profile', 'email'])
      .refine((scopes) => scopes.includes('openid'), 'openid is to be among them')
      .describe('What is asked for (default: openid, profile, email)'),
    claim: claimName
      .default('groups')
      .describe(
        'The claim that says what somebody may: a name, or names with dots between (default: groups)',
      ),
    nameClaim: claimName
      .default('email')
      .describe(
        'The claim by which somebody is named as author; `sub` where it is not there (default: email)',
      ),
    mapping: z
      .array(mapped, 'write a list, each with a value and a role')
      .min(1, 'without one, nobody could sign in: write a value and a role')
      .max(500, 'at most 500')
      .describe('Which value is which role, and of which groups; the first that fits counts'),
    signOut: z
      .boolean('write true or false')
      .default(false)
      .describe('Whether who signs out is signed out at the provider, too (default: false)'),
  })
  .describe('Where people sign in who are known elsewhere')
export type OidcSetting = z.output<typeof oidcSetting>
