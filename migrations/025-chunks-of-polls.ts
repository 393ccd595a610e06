import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Polls say which chunk of stores they are of, as those of the tail do, where a database can be spread over machines by that. */
export function chunksOfPolls(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await types.spreadByChunk(db, 'poll_week')
    },
  }
}
