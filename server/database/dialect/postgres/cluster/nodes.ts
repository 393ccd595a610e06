import { sql } from 'kysely'
import { AppError } from '../../../../../shared/app-error.ts'
import type { Db } from '../../dialect.ts'

/** A machine that may have shards. */
export interface ClusterNode {
  readonly name: string
  readonly port: number
  readonly isActive: boolean
  readonly isCoordinator: boolean
  readonly takesShards: boolean
}

/** Undefined where the database knows nothing of Citus. */
export async function listNodes(db: Db): Promise<ClusterNode[] | undefined> {
  const { rows: installed } = await sql<{ is: boolean }>`
    select exists (select from pg_extension where extname = 'citus') as is`.execute(db)
  if (!installed[0]!.is) return undefined
  const { rows } = await sql<ClusterNode>`
    select nodename as name, nodeport as port, isactive as "isActive", groupid = 0 as "isCoordinator",
      shouldhaveshards as "takesShards"
    from pg_dist_node where noderole = 'primary' order by groupid`.execute(db)
  return rows
}

/** The machines of a cluster that is ready for polls to be spread over them. Throws an AppError that says what it lacks. */
export async function requireCluster(db: Db): Promise<ClusterNode[]> {
  const nodes = await listNodes(db)
  if (nodes === undefined) {
    throw notReady(
      'it has no Citus: put citus first in shared_preload_libraries and "create extension citus" into the database, on each machine',
    )
  }
  const { rows } = await sql<{ groupid: number }>`select groupid from pg_dist_local_group`.execute(db)
  if (rows[0]?.groupid !== 0) throw notReady('it is a worker: name the database of the coordinator')
  if (!nodes.some(({ isCoordinator }) => isCoordinator)) {
    throw notReady(`the coordinator has no name: "select citus_set_coordinator_host('HOST', PORT)"`)
  }
  const takers = nodes.filter(({ takesShards }) => takesShards)
  if (takers.length === 0) {
    throw notReady(`there are no workers: "select citus_add_node('HOST', PORT)" for each`)
  }
  const gone = takers.find(({ isActive }) => !isActive)
  if (gone !== undefined) {
    throw notReady(
      `${placeOf(gone)} is not active: "select citus_activate_node('${gone.name}', ${gone.port})"`,
    )
  }
  return takers
}

export function placeOf({ name, port }: Pick<ClusterNode, 'name' | 'port'>): string {
  return `${name}:${port}`
}

function notReady(why: string): AppError {
  return new AppError('conflict', `polls of this database cannot be spread: ${why}`)
}
