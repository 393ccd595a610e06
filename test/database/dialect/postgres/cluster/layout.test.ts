import { sql } from 'kysely'
import pg from 'pg'
import { describe, expect, test, vi } from 'vitest'
import { connect, type Db } from '../../../../../server/database/connect.ts'
import { spreadPolls } from '../../../../../server/database/cluster.ts'
import {
  dropWhatOlderProgramsNeed,
  spreadProblems,
  tablesToSpread,
} from '../../../../../server/database/dialect/postgres/cluster/layout.ts'
import { deletePolls } from '../../../../../server/database/deleted-polls.ts'
import { firstPollAt } from '../../../../../server/database/first-poll.ts'
import { lastPollsOf } from '../../../../../server/database/last-polls.ts'
import { tidyTail } from '../../../../../server/database/tail/tidy-tail.ts'
import { readNextPolls } from '../../../../../server/database/wanted-polls.ts'
import { writeAlone } from '../../../../../server/database/write-alone.ts'
import { createGenerator } from '../../../../../server/reports/generate.ts'
import { pollWeekOf, POLL_WEEK_MS } from '../../../../../server/uptime/poll-week.ts'
import { formatTimestamp } from '../../../../../shared/timestamp.ts'
import type { StoreId } from '../../../../../shared/ids.ts'
import { citusUrl } from '../../../../support/citus-database.ts'
import { importScene, pollFile } from '../../../../support/import-scene.ts'
import { databaseType, testDatabase } from '../../../../support/test-database.ts'

test.runIf(databaseType === 'sqlite')('the polls of a SQLite file are not spread', async () => {
  await using database = await testDatabase()
  await expect(spreadPolls(database.url)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/SQLite file are on one machine: name the PostgreSQL/) as unknown,
  })
})

describe.runIf(databaseType === 'postgres' && citusUrl === undefined)('tables that may be spread', () => {
  /** In a transaction that is taken back. */
  async function problemsAfter(change: (tx: Db) => Promise<unknown>): Promise<string[]> {
    await using database = await testDatabase()
    await using db = await connect(database.url)
    let problems: string[] = []
    const taken = db.transaction().execute(async (tx) => {
      await dropWhatOlderProgramsNeed(tx)
      await change(tx)
      problems = await spreadProblems(tx)
      throw new Error('taken back')
    })
    await expect(taken).rejects.toThrow('taken back')
    return problems
  }

  test('have the chunk in each key, refer to no others, and nothing else is done for their rows', async () => {
    expect(await problemsAfter(async () => {})).toEqual([])
  })

  test.for([
    [
      'create unique index latest on poll_tail (week, batch)',
      'the key latest of poll_tail does not have chunk',
    ],
    [
      'alter table poll_week add constraint of_store foreign key (store_key) references store',
      'of_store of poll_week refers to store',
    ],
    [
      'create trigger told after insert on poll_tail execute function store_monitor_announce()',
      'the trigger told of poll_tail',
    ],
    ['alter table poll_tail rename chunk to piece', 'poll_tail has no column chunk'],
  ] as const)('are not any more after "%s", which is told', async ([change, problem]) => {
    expect(await problemsAfter((tx) => sql.raw(change).execute(tx))).toContain(problem)
  })

  test('take rows of an older program, which does not know of chunks', async () => {
    await using database = await testDatabase()
    await using db = await connect(database.url)
    for (const polls of ['\\x01', '\\x02']) {
      await sql`insert into poll_week (week, store_key, polls) values (1, 5000, ${polls}::bytea)
        on conflict (week, store_key) do update set polls = excluded.polls`.execute(db)
    }
    const { rows } = await sql`select week, chunk, store_key, polls from poll_week`.execute(db)
    expect(rows).toEqual([{ week: 1, chunk: 2, store_key: 5000, polls: Buffer.of(2) }])
  })

  test('are not spread without Citus', async () => {
    await using database = await testDatabase()
    await expect(spreadPolls(database.url)).rejects.toThrow(
      /cannot be spread: it has no Citus: .*shared_preload_libraries/,
    )
  })

  test('are asked for by themselves, and by chunks where it is not about a whole week', async () => {
    const statements = await statementsOf(useAll)
    const ofSpread = statements.filter((text) => tablesOf(text).some(isSpread))
    for (const verb of ['select', 'insert', 'delete', 'copy']) {
      expect(ofSpread.filter((text) => text.startsWith(verb))).not.toEqual([])
    }
    expect(ofSpread.filter((text) => tablesOf(text).some((table) => !isSpread(table)))).toEqual([])
    const everywhere = ofSpread.filter((text) => !text.includes('chunk'))
    expect([...new Set(everywhere)].map(withoutNumbers).toSorted()).toEqual([
      'select "store_key", length("polls") as "bytes", substr("polls", 1, 4) as "first", substr("polls", length("polls") - 7, 4) as "last" from "poll_week" where "week" = $n and "store_key" > $n order by "store_key" limit $n',
      'select "week" from "poll_tail" limit $n',
      'select distinct "week" from "poll_tail" order by "week"',
      'select max("latest_poll_at") as "latest" from "poll_tail" where "week" = $n',
    ])
  })
})

/** What is asked of a PostgreSQL by connections of this thread meanwhile. */
async function statementsOf(work: () => Promise<void>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    return query.mock.calls.flatMap(([first]) => textOf(first))
  } finally {
    query.mockRestore()
  }
}

function textOf(asked: unknown): string[] {
  if (typeof asked === 'string') return [asked]
  if (typeof asked !== 'object' || asked === null) return []
  const found = Object.values(asked).find((value) =>
    /^(?:select|insert|update|delete|copy) /.test(String(value)),
  )
  return found === undefined ? [] : [String(found)]
}

function isSpread(table: string): boolean {
  return (tablesToSpread as readonly string[]).includes(table)
}

/** Which tables a statement names. */
function tablesOf(text: string): string[] {
  const named = text.matchAll(/\b(?:from|join|into|update|copy) "?([a-z_]+)/g)
  return Array.from(named, ([, table]) => table!).filter(
    (table) => !['unnest', 'stdin', 'set'].includes(table),
  )
}

function withoutNumbers(text: string): string {
  return text.replaceAll(/\$\d+/g, '$n')
}

/** Imports, pushes a little later, folds, reports, exports and deletes. */
async function useAll(): Promise<void> {
  await using scene = await importScene()
  const { db } = scene
  const startMs = Date.parse('2023-01-19T00:00:00Z')
  const at = (hour: number) =>
    formatTimestamp(startMs + hour * 3_600_000)
      .replace('T', ' ')
      .replace('Z', ' UTC')
  const stores = Array.from({ length: 20 }, (_, i) => `s${i}`)
  const rows = (from: number, to: number) =>
    stores.flatMap((store) =>
      Array.from({ length: to - from }, (_, i) => [store, 'active', at(from + i)] as const),
    )
  await scene.import(await scene.write('many.csv', pollFile(rows(0, 30))))
  await scene.import(await scene.write('more.csv', pollFile(rows(25, 60))))
  await scene.import(await scene.write('few.csv', pollFile(rows(60, 61))))
  await scene.import(await scene.write('old.csv', pollFile(rows(3, 4))))
  await tidyTail(db, startMs)
  await tidyTail(db, startMs + 3 * 86_400_000)
  await firstPollAt(db)
  await lastPollsOf(db, ['s1' as StoreId])
  const generator = createGenerator(db)
  const part = { part: 0, firstStoreId: '' as StoreId, nextStoreId: null }
  const asked = {
    asOfMs: startMs + 60 * 3_600_000,
    interpolation: 'nearest',
    reachMs: 86_400_000,
    corrections: 'applied',
    labels: [],
  } as const
  await generator.parts([part], asked)
  await generator.storeRow('s1' as StoreId, asked)
  await readNextPolls(db, {}, undefined, 100)
  const week = pollWeekOf(startMs) * POLL_WEEK_MS
  await writeAlone(db, 'data', async (tx) => {
    await deletePolls(tx, [1, 2], { startMs, endMs: startMs + 7_200_000 })
    await deletePolls(tx, [3], { startMs: week, endMs: week + POLL_WEEK_MS })
  })
}
