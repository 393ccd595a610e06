import type { Kysely } from 'kysely'

/** Finds incidents that are to be told again, or to others. */
export const dueIncidents = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const what of ['repeat', 'escalate']) {
      await db.schema.createIndex(`incident_${what}_index`).on('incident').column(`${what}_at`).execute()
    }
  },
}
