import type { Migration } from 'kysely/migration'
import { firstSchema } from './001-first-schema.ts'
import { ownersAndVersions } from './002-owners-and-versions.ts'
import type { ColumnTypes } from './column-types.ts'

/** All migrations, in the order in which they apply. One that has been released is never edited. */
export function migrations(types: ColumnTypes): Record<string, Migration> {
  return {
    '001-first-schema': firstSchema(types),
    '002-owners-and-versions': ownersAndVersions,
  }
}
