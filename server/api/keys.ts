import type { AccessKey, CreatedKey, KeyRevocation, NewKey } from '../../shared/access-key.ts'
import { AppError } from '../../shared/app-error.ts'
import { createToken } from '../access/key-token.ts'
import { authorOf, operator, type Principal } from '../access/principal.ts'
import { insertAccessKey, revokeAccessKey } from '../database/access-keys.ts'
import type { ApiParts } from './api-parts.ts'

type Parts = Pick<ApiParts, 'change' | 'now' | 'access'>

/** Makes a key, and tells it. */
export async function createKey(
  { change, now, access }: Parts,
  principal: Principal,
  { name, role, labels = [], expires, by, reason }: NewKey,
): Promise<CreatedKey> {
  const at = now()
  if (expires !== undefined && expires <= at) {
    throw new AppError('invalid', `expires: ${new Date(expires).toISOString()} is over: write a time to come`)
  }
  const { token, keyId, hash } = createToken()
  const key = { tokenId: keyId, hash, name, role, labels, expiresAt: expires }
  const made = { by: authorOf(principal, by), reason, at }
  const created = await change((tx) => insertAccessKey(tx, key, made))
  access.forget()
  return { ...created, key: token }
}

/** Ends a key; the last one that manages keys only where the database is. */
export async function revokeKey(
  { change, now, access }: Parts,
  principal: Principal,
  { name, by, reason }: KeyRevocation,
): Promise<AccessKey> {
  const made = { by: authorOf(principal, by), reason, at: now() }
  const revoked = await change((tx) =>
    revokeAccessKey(tx, name, made, { mayBeLastAdmin: principal === operator }),
  )
  access.forget()
  return revoked
}
