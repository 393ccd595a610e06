import type { ColumnType, Generated } from 'kysely'
import type { Role } from '../../shared/role.ts'
import type { WayIn } from '../../shared/way-in.ts'

/** A key of somebody who calls the server; its row stays when it is revoked. */
export interface AccessKeyTable {
  access_key_id: Generated<number>
  /** What stands in the token. */
  token_id: string
  /** SHA-256 of the token. */
  hash: ColumnType<Uint8Array, Uint8Array, Uint8Array>
  /** That of one key that is not revoked. */
  name: string
  role: Role
  /** JSON, the labels that its stores have; null for all stores. */
  labels: string | null
  created_at: number
  created_by: string | null
  expires_at: number | null
  /** Written some minutes late. */
  last_used_at: ColumnType<number | null, number | null | undefined, number | null>
  revoked_at: ColumnType<number | null, number | null | undefined, number | null>
  revoked_by: ColumnType<string | null, string | null | undefined, string | null>
}

/** Somebody who signed in; its row goes when the session ends. */
export interface SessionTable {
  session_id: Generated<number>
  /** What stands in the token, also when that was renewed. */
  token_id: string
  /** SHA-256 of the token. */
  hash: ColumnType<Uint8Array, Uint8Array, Uint8Array>
  /** That of the token before it. */
  hash_before: ColumnType<Uint8Array | null, undefined, Uint8Array | null>
  /** When the token before it is taken no more; null while nobody has sent the newer one. */
  before_until: ColumnType<number | null, undefined, number | null>
  way: WayIn
  /** The key that it was begun with, which tells its name, its role and its groups. */
  access_key_id: number | null
  name: string
  role: Role
  /** JSON, the labels that its stores have; null for all stores. */
  labels: string | null
  created_at: number
  renewed_at: number
  /** Written some minutes late. */
  last_seen_at: number
  expires_at: number
}
