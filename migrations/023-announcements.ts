import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What changes is announced to all processes on the database, where it can be, so that none has to look all the time. */
export function announcements(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await types.announce(db, 'report', { on: 'insert', as: 'new-report', of: ['report_id'] })
      await types.announce(db, 'report', { on: 'update', as: 'report', of: ['report_id', 'state'] })
      await types.announce(db, 'poll_batch', { on: 'update', as: 'polls' })
      await types.announce(db, 'import', { on: 'insert', as: 'import' })
      await types.announce(db, 'import', { on: 'update', as: 'import' })
      await types.announce(db, 'change', { on: 'insert', as: 'change' })
    },
  }
}
