import pg from 'pg'
import { connect } from '../../server/database/connect.ts'
import { spreadPolls } from '../../server/database/dialect/postgres/cluster/init.ts'

/** A database of the coordinator of a Citus cluster, whose workers those of the databases that are made have, too. */
export const citusUrl = process.env['CITUS_DATABASE_URL']

/** A database of the coordinator becomes one of a cluster, and polls are spread over it. */
export async function spreadOverCitus(databaseUrl: string): Promise<void> {
  await makeCluster(databaseUrl)
  await using db = await connect(databaseUrl)
  await spreadPolls(db, 8)
}

/** Databases of this name on all workers, and the coordinator knows of them. */
export async function makeCluster(databaseUrl: string): Promise<void> {
  const workers = await listWorkers()
  for (const worker of workers) {
    await run(worker, `create database ${nameOf(databaseUrl)}`)
    await run(onDatabase(worker, nameOf(databaseUrl)), 'create extension citus')
  }
  await run(databaseUrl, 'create extension citus')
  const { hostname, port } = new URL(databaseUrl)
  await run(databaseUrl, `select citus_set_coordinator_host('${hostname}', ${port})`)
  for (const worker of workers) {
    await run(databaseUrl, `select citus_add_node('${worker.hostname}', ${worker.port})`)
  }
}

export async function dropOnWorkers(databaseUrl: string): Promise<void> {
  for (const worker of await listWorkers()) await dropPatiently(worker, nameOf(databaseUrl))
}

const ATTEMPTS = 5

/** What Citus does there by itself takes a while to end. */
async function dropPatiently(worker: URL, name: string, attempts = ATTEMPTS): Promise<void> {
  try {
    await run(worker, `drop database if exists ${name} with (force)`)
  } catch (error) {
    if (attempts === 1) throw error
    await dropPatiently(worker, name, attempts - 1)
  }
}

/** The databases of the workers that are named as the one of the coordinator. */
export async function databasesOfWorkers(databaseUrl: string): Promise<string[]> {
  const workers = await listWorkers()
  return workers.map((worker) => onDatabase(worker, nameOf(databaseUrl)))
}

async function listWorkers(): Promise<URL[]> {
  const rows = await run<{ nodename: string; nodeport: number }>(
    citusUrl!,
    'select nodename, nodeport from pg_dist_node where groupid <> 0 order by groupid',
  )
  return rows.map(({ nodename, nodeport }) =>
    Object.assign(new URL(citusUrl!), { hostname: nodename, port: String(nodeport) }),
  )
}

function nameOf(databaseUrl: string): string {
  return new URL(databaseUrl).pathname.slice(1)
}

function onDatabase(server: URL, name: string): string {
  return Object.assign(new URL(server), { pathname: name }).href
}

async function run<Row extends pg.QueryResultRow>(url: URL | string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: new URL(url).href })
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end()
  }
}
