import { AppError } from '../../shared/app-error.ts'
import { connect } from './connect.ts'
import type { ClusterStatus, SpreadPolls } from './dialect/cluster.ts'
import { dialectOf, type Dialect } from './dialect/dialect.ts'

export type { NodeStatus } from './dialect/cluster.ts'

/** Spreads the polls of a database, as `Dialect.cluster` says, over so many shards, or as many as the database likes. */
export async function spreadPolls(databaseUrl: string, shards?: number): Promise<SpreadPolls> {
  await using db = await connect(databaseUrl, { durable: true, mayCreate: false })
  const cluster = clusterOf(dialectOf(db))
  const { spreadPolls } = await cluster()
  return await spreadPolls(db, shards)
}

/** How they are spread. Throws an AppError where the database can be of no cluster. */
export async function clusterStatus(databaseUrl: string): Promise<ClusterStatus> {
  await using db = await connect(databaseUrl, { readOnly: true })
  const cluster = await clusterOf(dialectOf(db))()
  const status = await cluster.clusterStatus(db)
  if (status !== undefined) return status
  throw new AppError('conflict', 'the database has no Citus: its polls are on one machine')
}

function clusterOf({ cluster }: Dialect): NonNullable<Dialect['cluster']> {
  if (cluster !== undefined) return cluster
  throw new AppError(
    'invalid',
    'the polls of a SQLite file are on one machine: name the PostgreSQL of a Citus coordinator (--database postgresql://…)',
  )
}
