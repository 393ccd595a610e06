import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connect } from '../../../../../server/database/connect.ts'
import { databaseType, testDatabase } from '../../../../support/test-database.ts'

test.runIf(databaseType === 'postgres')(
  'who could not begin to read, as others commit for too long, begins later on the same connection',
  async () => {
    await using database = await testDatabase()
    await using writing = await connect(database.url)
    // As if polls were spread.
    await sql`create table if not exists cluster_commit (place integer)`.execute(writing)
    await sql`create or replace function store_monitor_unfinished() returns integer language sql as 'select 0'`.execute(
      writing,
    )
    await using reading = await connect(database.url, { readOnly: true, patienceMs: 50 })
    const read = () =>
      reading.transaction().execute(async (tx) => tx.selectFrom('poll_batch').select('last_batch').execute())
    expect(await read()).toEqual([{ last_batch: 0 }])
    await writing.transaction().execute(async (tx) => {
      await sql`lock table poll_batch in exclusive mode`.execute(tx)
      await expect(read()).rejects.toMatchObject({ code: 'unavailable' })
    })
    expect(await read()).toEqual([{ last_batch: 0 }])
  },
)
