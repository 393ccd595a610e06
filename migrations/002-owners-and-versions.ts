import type { Kysely } from 'kysely'

/** Who runs an import, and whether it is still alive; what a report was computed with. */
export const ownersAndVersions = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('import').addColumn('owner', 'text').execute()
    await db.schema.alterTable('import').addColumn('heartbeat_at', 'bigint').execute()
    await db.schema.alterTable('report').addColumn('program_version', 'text').execute()
    await db.schema.alterTable('report').addColumn('zone_data_version', 'text').execute()
  },
}
