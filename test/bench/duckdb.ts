import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { join } from 'node:path'
import { pollsName } from './data.ts'

/** What somebody would use instead: all data in memory, and the report as one query of the default policy. */
export interface DuckDb extends Disposable {
  /** Loads the three files: typed, without repeated polls, sorted, and with integer keys instead of ids. */
  load(): Promise<void>
  /** Writes the totals of all stores in whole milliseconds, without the unknown ones, to `totalsPath`, as CSV. */
  report(): Promise<void>
  readonly totalsPath: string
}

export function createDuckDb(folder: string, totalsPath: string, threads: number): DuckDb {
  let loaded: Loaded | undefined
  const unload = () => {
    loaded?.connection.closeSync()
    loaded?.instance.closeSync()
    loaded = undefined
  }
  return {
    totalsPath,
    async load() {
      unload()
      loaded = await loadTables(folder, threads)
    },
    async report() {
      loaded ??= await loadTables(folder, threads)
      await loaded.connection.run(`copy (${totalsSql}) to '${totalsPath.replaceAll("'", "''")}' (header)`)
    },
    [Symbol.dispose]: unload,
  }
}

interface Loaded {
  readonly instance: DuckDBInstance
  readonly connection: DuckDBConnection
}

async function loadTables(folder: string, threads: number): Promise<Loaded> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) })
  const connection = await instance.connect()
  await connection.run("set timezone='UTC'")
  await runAll(connection, tablesSql(folder))
  await runAll(connection, keysSql)
  return { instance, connection }
}

async function runAll(connection: DuckDBConnection, statements: string): Promise<void> {
  for (const statement of statements.split(';')) if (statement.trim() !== '') await connection.run(statement)
}

function tablesSql(folder: string): string {
  const path = (name: string) => join(folder, name).replaceAll("'", "''")
  return `
create table poll as select store_id, epoch_ms(strptime(replace(timestamp_utc,' UTC',''), ['%Y-%m-%d %H:%M:%S.%f','%Y-%m-%d %H:%M:%S'])) as ts, any_value(status = 'active') as active
  from read_csv('${path(pollsName)}', types={'store_id':'VARCHAR','timestamp_utc':'VARCHAR'}) group by 1, 2 order by 1, 2;
create table hours as select store_id, day, date_part('epoch', start_time_local::time)::int as a, case when end_time_local >= '23:59' then 86400 else date_part('epoch', end_time_local::time)::int end as b
  from read_csv('${path('business_hours.csv')}', types={'store_id':'VARCHAR','start_time_local':'VARCHAR','end_time_local':'VARCHAR'});
create table zone as select * from read_csv('${path('timezones.csv')}', types={'store_id':'VARCHAR'})`
}

const keysSql = `
create table store as select store_id as name, row_number() over (order by store_id)::int as store_id from (select store_id from poll union select store_id from hours union select store_id from zone);
create table poll2 as select store.store_id, ts, active from poll join store on store.name = poll.store_id order by 1, 2; drop table poll; alter table poll2 rename to poll;
create table hours2 as select store.store_id, day, a, b from hours join store on store.name = hours.store_id; drop table hours; alter table hours2 rename to hours;
create table zone2 as select store.store_id, timezone_str from zone join store on store.name = zone.store_id; drop table zone; alter table zone2 rename to zone`

const REACH_MS = 24 * 3_600_000

/** Polls that speak, the stretch of each, and what of it is open and in each window. */
const totalsSql = `
with p as (select max(ts) as now from poll),
s as (select store_id, coalesce(zone.timezone_str, 'America/Chicago') as tz from (select store_id from poll union select store_id from hours union select store_id from zone) left join zone using (store_id)),
d as (select unnest(generate_series(-10, 1)) as i),
days as materialized (select tz, (timezone(tz, to_timestamp(p.now / 1000.0))::date + d.i::int) as day from (select distinct tz from s), d, p),
h as (select store_id, day, a, case when b <= a then b + 86400 else b end as b from hours
      union all select store_id, unnest(generate_series(0, 6)), 0, 86400 from s where store_id not in (select store_id from hours)),
tod as (select tz, day, sec, epoch_ms(timezone(tz, day::timestamp + to_seconds(sec))) as ts from days, (select distinct a as sec from h union select distinct b from h)),
raw as (select s.store_id, x.ts as s0, y.ts as e0 from s join h using (store_id) join days on days.tz = s.tz and isodow(days.day) - 1 = h.day
        join tod x on x.tz = s.tz and x.day = days.day and x.sec = h.a join tod y on y.tz = s.tz and y.day = days.day and y.sec = h.b),
m as (select *, case when s0 <= max(e0) over (partition by store_id order by s0, e0 rows between unbounded preceding and 1 preceding) then 0 else 1 end as fresh from raw),
g as (select *, sum(fresh) over (partition by store_id order by s0, e0) as island from m),
span as materialized (select store_id, min(s0) as s0, max(e0) as e0 from g group by store_id, island),
speak as materialized (select poll.store_id, ts, active from poll asof join span on poll.store_id = span.store_id and ts >= s0 where ts < e0 and ts >= (select now from p) - 7 * 86400000 - ${REACH_MS} and ts <= (select now from p)),
seg as (select store_id, active, greatest(ts - ${REACH_MS}, coalesce((lag(ts) over w + ts) // 2, 0)) as f, least(ts + ${REACH_MS}, coalesce((ts + lead(ts) over w) // 2, 9e15::bigint)) as t from speak window w as (partition by store_id order by ts)),
piece as (select seg.store_id, active, greatest(f, s0, now - 7 * 86400000) as f, least(t, e0, now) as t, now from seg join span on seg.store_id = span.store_id and f < e0 and t > s0, p),
tot as (select store_id,
  sum(case when active then greatest(0, t - greatest(f, now - 3600000)) else 0 end) as uh, sum(case when active then greatest(0, t - greatest(f, now - 86400000)) else 0 end) as ud, sum(case when active then t - f else 0 end) as uw,
  sum(case when active then 0 else greatest(0, t - greatest(f, now - 3600000)) end) as dh, sum(case when active then 0 else greatest(0, t - greatest(f, now - 86400000)) end) as dd, sum(case when active then 0 else t - f end) as dw
  from piece where t > f group by 1)
select store.name as store_id, coalesce(uh,0) uh, coalesce(ud,0) ud, coalesce(uw,0) uw, coalesce(dh,0) dh, coalesce(dd,0) dd, coalesce(dw,0) dw from s join store using (store_id) left join tot using (store_id) order by store.name`
