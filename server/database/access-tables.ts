import type { ColumnType, Generated } from 'kysely'
import type { Role } from '../../shared/role.ts'

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
