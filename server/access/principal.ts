import { AppError } from '../../shared/app-error.ts'
import type { StoreLabel } from '../../shared/group.ts'
import type { Role } from '../../shared/role.ts'
import type { WayIn } from '../../shared/way-in.ts'
import { leastRoleWith, permissionsOf, type Needs, type Permission } from './permissions.ts'

/** Who asks, and what they may. */
export interface Principal {
  /** For messages. */
  readonly name: string
  /** null of nobody. */
  readonly role: Role | null
  readonly permissions: ReadonlySet<Permission>
  /** The groups that its stores are in, all of them; none: all stores are its. */
  readonly groups: readonly StoreLabel[]
  /** Of a key: what stands in its token. */
  readonly keyId?: string
  /** Who is recorded as the author of what it changes; undefined where it is not known who that is. */
  readonly author?: string
  /** Of one who signed in. */
  readonly session?: { readonly tokenId: string; readonly way: WayIn; readonly expiresAt: number }
  /** Of nobody: what is answered to those who need a key. */
  readonly refusal?: AppError
}

function allPowerful(name: string): Principal {
  return { name, role: 'admin', permissions: permissionsOf('admin'), groups: [] }
}

/** Whoever runs a command on the database itself. */
export const operator = allPowerful('operator')

/** Whoever calls a server that asks for no keys. */
export const anybody = allPowerful('anybody')

export function nobody(refusal: AppError): Principal {
  return { name: 'nobody', role: null, permissions: new Set(), groups: [], refusal }
}

/** Throws where `principal` may not do what needs this: `unauthenticated` of nobody, `forbidden` of others. */
export function requirePermission(principal: Principal, needs: Needs): void {
  if (needs === 'public' || principal.permissions.has(needs)) return
  if (principal.refusal !== undefined) throw principal.refusal
  throw lacksPermission(principal, needs)
}

/** What an error calls who asks. */
export function calledInWords({ name, session }: Pick<Principal, 'name' | 'session'>): string {
  return session?.way === 'oidc' ? `"${name}", as who you are signed in,` : `the key "${name}"`
}

/** What the limits count together: all that comes with a key, or from one who signed in elsewhere; undefined of others. */
export function accountOf({ name, keyId, session }: Principal): string | undefined {
  if (keyId !== undefined) return `key ${keyId}`
  return session === undefined ? undefined : `${session.way} ${name}`
}

/** Whose the names are that a caller gives to what it sends, so as to send it twice and have it done once. */
export function senderOf(principal: Principal): string {
  const { keyId, session } = principal
  return keyId ?? (session === undefined ? '' : `${accountOf(principal)}\n`)
}

/** What the log calls who asks: nobody by name, but the key, or the session. */
export function loggedNameOf({ author, session }: Principal): string | undefined {
  return session?.way === 'oidc' ? `session ${session.tokenId}` : author
}

export function lacksPermission(principal: Pick<Principal, 'name' | 'session'>, needs: Permission): AppError {
  return new AppError(
    'forbidden',
    `${calledInWords(principal)} may not do this: it needs the permission ${needs}, which the role ${leastRoleWith(needs)} has`,
  )
}

/** What limits the polls that it may push; undefined where it may push those of all stores. */
export function pushLimitOf(principal: Principal) {
  const { groups } = principal
  return groups.length === 0 ? undefined : { groups, sender: senderOf(principal) }
}

/** A change with who makes it. */
export function signed<Change extends { readonly by: string | null }>(
  principal: Principal,
  change: Change,
): Change {
  return { ...change, by: authorOf(principal, change.by) }
}

/** The name that a change is recorded with: that of the key, behind what the caller says. */
export function authorOf({ author }: Principal, said: string | null): string | null {
  if (author === undefined) return said
  return said === null || said === '' || said === author ? author : `${said} (${author})`
}
