import { sql } from 'kysely'
import { AppError } from '../../../../../shared/app-error.ts'
import { migrateToLatest } from '../../../migrate.ts'
import { writeAlone } from '../../../write-alone.ts'
import type { SpreadPolls } from '../../cluster.ts'
import type { Db } from '../../dialect.ts'
import { dropWhatOlderProgramsNeed, SPREAD_BY, spreadProblems, tablesToSpread } from './layout.ts'
import { requireCluster } from './nodes.ts'
import { COMMITS, UNFINISHED } from './whole.ts'

/** The first migration that a program has to know to write polls that are spread. */
const READABLE_FROM = '025-chunks-of-polls'

/**
 * Spreads polls over the workers of a Citus cluster, whose coordinator this is. Done again, it takes in machines that were added. Throws
 * an AppError where that cannot be, or somebody else is at work on the database.
 */
export async function spreadPolls(db: Db, shards: number | undefined): Promise<SpreadPolls> {
  const nodes = await requireCluster(db)
  await requireNobodyElse(db)
  await migrateToLatest(db)
  // All on one connection to each machine, as what is made on it has to be there for what comes next.
  const tables = await db.connection().execute(async (connection) => {
    await sql`set citus.multi_shard_modify_mode to 'sequential'`.execute(connection)
    return writeAlone(connection, 'data', (tx) => spreadTables(tx, nodes.length, shards))
  })
  await endOthers(db)
  const { rows } = await sql<{ shards: number }>`
    select count(*)::int as shards from pg_dist_shard where logicalrelid = 'poll_week'::regclass`.execute(db)
  return { tables, nodes: nodes.length, shards: rows[0]!.shards }
}

/** Those that were not spread before. */
async function spreadTables(tx: Db, nodes: number, shards: number | undefined): Promise<string[]> {
  const spread = await spreadAlready(tx)
  const local = tablesToSpread.filter((table) => !spread.has(table))
  if (local.length > 0) await dropWhatOlderProgramsNeed(tx)
  const problems = await spreadProblems(tx)
  if (problems.length > 0) throw new AppError('conflict', `polls cannot be spread: ${problems.join('; ')}`)
  for (const table of local) await spreadTable(tx, table, shards)
  await countCommits(tx, nodes)
  await sql`insert into schema_compatibility (migration, readable_from) values (${READABLE_FROM}, ${READABLE_FROM})
    on conflict (migration) do update set readable_from = excluded.readable_from`.execute(tx)
  return local
}

/** By which column tables are spread. Throws where that is another one than ours. */
async function spreadAlready(tx: Db): Promise<Set<string>> {
  const { rows } = await sql<{ table: string; by: string | null }>`
    select relname as table, column_to_column_name(logicalrelid, partkey) as by
    from pg_dist_partition join pg_class on pg_class.oid = logicalrelid
    where relname in (${sql.join(tablesToSpread)})`.execute(tx)
  const other = rows.find(({ by }) => by !== SPREAD_BY)
  if (other !== undefined) {
    throw new AppError(
      'conflict',
      `${other.table} is spread by ${other.by ?? 'nothing'}, and not by ${SPREAD_BY}: "select undistribute_table('${other.table}')" first`,
    )
  }
  return new Set(rows.map(({ table }) => table))
}

/** Those of a chunk lie on the same machine. */
async function spreadTable(tx: Db, table: string, shards: number | undefined): Promise<void> {
  const [first] = tablesToSpread
  const where =
    table !== first
      ? sql`colocate_with => ${first}`
      : sql`colocate_with => 'none', shard_count => ${shards ?? sql`current_setting('citus.shard_count')::int`}`
  await sql`select create_distributed_table(${table}::regclass, ${SPREAD_BY}, ${where})`.execute(tx)
  await sql`select truncate_local_data_after_distributing_table(${table}::regclass)`.execute(tx)
}

/** A row on each machine; two at least, so that a commit has two phases also with one worker. */
async function countCommits(tx: Db, nodes: number): Promise<void> {
  const table = sql.table(COMMITS)
  await sql`drop table if exists ${table}`.execute(tx)
  await sql`create table ${table} (place integer primary key, number bigint not null)`.execute(tx)
  await sql`select create_distributed_table(${COMMITS}::regclass, 'place', colocate_with => 'none', shard_count => ${Math.max(2, nodes)})`.execute(
    tx,
  )
  const { rows } = await sql<{ place: number }>`
    select min(place)::int as place from generate_series(0, 9999) as place
    group by get_shard_id_for_distribution_column(${COMMITS}::regclass, place)`.execute(tx)
  for (const { place } of rows) await sql`insert into ${table} values (${place}, 0)`.execute(tx)
  await sql`create or replace function ${sql.raw(UNFINISHED)}() returns integer language plpgsql as $$
    begin
      return (
        select count(*) from pg_prepared_xact() as prepared join pg_database on pg_database.oid = prepared.dbid
        where datname = current_database() and gid like 'citus\\_%');
    end $$`.execute(tx)
  await sql`select create_distributed_function(${`${UNFINISHED}()`}::regprocedure)`.execute(tx)
}

const others = sql`from pg_stat_activity where application_name like 'store-monitor%'
  and datname = current_database() and pid <> pg_backend_pid()`

async function requireNobodyElse(db: Db): Promise<void> {
  const { rows } = await sql<{ sessions: number; places: string }>`
    select count(*)::int as sessions, string_agg(distinct coalesce(host(client_addr), 'this machine'), ', ') as places
    ${others}`.execute(db)
  const { sessions, places } = rows[0]!
  if (sessions === 0) return
  throw new AppError(
    'conflict',
    `store-monitor is at work on the database, from ${places}: stop servers and commands, and try again`,
  )
}

/** Who came meanwhile does not know yet that polls are spread. */
async function endOthers(db: Db): Promise<void> {
  await sql`select pg_terminate_backend(pid) ${others}`.execute(db)
}
