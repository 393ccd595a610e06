import { createToken } from '../../server/access/key-token.ts'
import { insertAccessKey, type NewAccessKey } from '../../server/database/access-keys.ts'
import { connect } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { roles, type Role } from '../../shared/role.ts'

type KeySetting = Partial<Pick<NewAccessKey, 'name' | 'role' | 'labels' | 'expiresAt'>>

/** Makes keys as another process does; what each of their holders sends. */
export async function madeKeys(databaseUrl: string, settings: readonly KeySetting[]): Promise<string[]> {
  await using db = await connect(databaseUrl)
  await migrateToLatest(db)
  return await writeAlone(db, 'data', async (tx) => {
    const tokens = []
    for (const { name = 'one', role = 'viewer', labels = [], expiresAt } of settings) {
      const { token, keyId, hash } = createToken()
      const made = { by: null, reason: null, at: Date.now() }
      await insertAccessKey(tx, { tokenId: keyId, hash, name, role, labels, expiresAt }, made)
      tokens.push(token)
    }
    return tokens
  })
}

/** One of each role, named after it. */
export async function keysOfRoles(databaseUrl: string): Promise<Readonly<Record<Role, string>>> {
  const tokens = await madeKeys(
    databaseUrl,
    roles.map((role) => ({ name: role, role })),
  )
  return Object.fromEntries(roles.map((role, i) => [role, tokens[i]!])) as Record<Role, string>
}

export function bearing(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}
