import type { Caller, SignIn } from '../../shared/session.ts'
import { providerPath } from '../../shared/way-in.ts'
import { AppError } from '../../shared/app-error.ts'
import { writtenLabel } from '../../shared/label.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Attempts } from '../limits/wrong-keys.ts'
import type { Principal } from '../access/principal.ts'
import type { BegunSession } from '../access/sessions.ts'
import type { ApiParts } from './api-parts.ts'

/** What is told of who asks. */
export function callerTold(
  { provider }: Pick<ApiParts, 'provider'>,
  { name, role, groups, permissions, session, refusal, author }: Principal,
): Caller {
  const isAsked = refusal !== undefined || author !== undefined
  return {
    isAsked,
    name: role === null ? null : name,
    role,
    labels: groups.map(writtenLabel),
    permissions: [...permissions],
    waysIn: isAsked ? waysInBy(provider) : [],
    session:
      session === undefined ? null : { way: session.way, expiresAt: formatTimestamp(session.expiresAt) },
  }
}

function waysInBy(provider: ApiParts['provider']): Caller['waysIn'] {
  const byKey = { way: 'key', label: null, address: null } as const
  if (provider === undefined) return [byKey]
  return [{ way: 'oidc', label: provider.label, address: providerPath }, byKey]
}

/** Begins a session with a key; stored when it returns. */
export async function signInWithKey(
  { access }: Pick<ApiParts, 'access'>,
  { key }: SignIn,
  from: { readonly address: string; readonly attempts: Attempts },
): Promise<BegunSession> {
  const { number, tokenId, name, role, labels } = await access.ownerOfKey(key).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unauthenticated') from.attempts.countWrong(from.address)
    throw error
  })
  return access.sessions.begin({ way: 'key', keyNumber: number, keyId: tokenId, name, role, labels })
}

export function sessionEnded(): AppError {
  return new AppError('unauthenticated', 'the session has ended: sign in again')
}

/** Told to a program that sends a browser's cookie, and where a page elsewhere asks. */
export function notOfOwnPage(): AppError {
  return new AppError(
    'unauthenticated',
    'a session counts only where a page of this server asks: a program sends its key as "Authorization: Bearer smk_…"',
  )
}
