import { sql } from 'kysely'
import type { ClusterStatus } from '../../cluster.ts'
import type { Db } from '../../dialect.ts'
import { tablesToSpread } from './layout.ts'
import { listNodes, placeOf } from './nodes.ts'
import { COMMITS, UNFINISHED } from './whole.ts'

/** Undefined where the database knows nothing of Citus. */
export async function clusterStatus(db: Db): Promise<ClusterStatus | undefined> {
  const nodes = await listNodes(db)
  if (nodes === undefined) return undefined
  const takers = nodes.filter(({ takesShards }) => takesShards)
  const { rows: found } = await sql<{ is: boolean }>`
    select to_regclass(${COMMITS}) is not null as is`.execute(db)
  if (!found[0]!.is) {
    const none = takers.map((node) => ({
      node: placeOf(node),
      isActive: node.isActive,
      shards: 0,
      bytes: 0,
    }))
    return { isSpread: false, nodes: none, unfinished: 0 }
  }
  const { rows: shards } = await sql<{ node: string; shards: number; bytes: number }>`
    select nodename || ':' || nodeport as node, count(*) as shards, coalesce(sum(shard_size), 0)::bigint as bytes
    from citus_shards where table_name::text in (${sql.join(tablesToSpread)}) group by 1`.execute(db)
  const { rows: commits } = await sql<{ unfinished: number | null }>`
    select max(${sql.raw(UNFINISHED)}()) as unfinished from ${sql.table(COMMITS)}`.execute(db)
  const byNode = new Map(shards.map((row) => [row.node, row]))
  return {
    isSpread: true,
    nodes: takers.map((node) => {
      const { shards = 0, bytes = 0 } = byNode.get(placeOf(node)) ?? {}
      return { node: placeOf(node), isActive: node.isActive, shards, bytes }
    }),
    unfinished: commits[0]?.unfinished ?? 0,
  }
}

interface Problem {
  readonly what: string
  readonly remedy: string
}

const MOST_RECOVER_MS = 10_000

/** What keeps a cluster from being of use, or safe. */
export async function clusterProblems(db: Db): Promise<Problem[]> {
  const status = await clusterStatus(db)
  if (status === undefined) return []
  if (!status.isSpread) {
    const what = `Citus is there, and all polls are on one machine`
    return [{ what, remedy: 'stop servers, and spread them: cluster init' }]
  }
  const { nodes, unfinished } = status
  const problems: Problem[] = nodes
    .filter(({ isActive, shards }) => !isActive || shards === 0)
    .map(({ node, isActive }) =>
      isActive
        ? {
            what: `${node} has no polls`,
            remedy: 'select citus_rebalance_start(), and then cluster init again',
          }
        : { what: `${node} is not active`, remedy: 'start it, and activate it: citus_activate_node' },
    )
  if (unfinished > 0) {
    const what =
      'a commit has not come to its end on a machine: polls are neither read nor written until then'
    problems.push({ what, remedy: 'let all machines run; Citus ends it by itself' })
  }
  const { rows } = await sql<{ ms: number }>`
    select setting::int as ms from pg_settings where name = 'citus.recover_2pc_interval'`.execute(db)
  if ((rows[0]?.ms ?? 0) > MOST_RECOVER_MS) {
    const what = `a commit that was interrupted is ended after up to ${rows[0]!.ms / 1000} s, and nobody reads polls for so long`
    problems.push({ what, remedy: `set citus.recover_2pc_interval to 1s on the coordinator` })
  }
  return problems
}
