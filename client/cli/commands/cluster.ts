import type { NodeStatus } from '../../../server/database/cluster.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { formatAmount, formatCount, printJson, printTable, type TableColumn } from '../output.ts'
import { configOf } from '../place.ts'

export interface ClusterOptions extends MessageOptions {
  readonly database?: string
  readonly config?: string
  readonly json?: true
}

export interface ClusterInitOptions extends ClusterOptions {
  readonly shards?: number
}

const columns: readonly TableColumn<NodeStatus>[] = [
  { head: 'NODE', cell: ({ node }) => node },
  { head: 'STATE', cell: ({ isActive }) => (isActive ? 'active' : 'not active') },
  { head: 'SHARDS', cell: ({ shards }) => formatCount(shards), align: 'right' },
  { head: 'MB', cell: ({ bytes }) => formatCount(Math.round(bytes / 1_000_000)), align: 'right' },
]

/** Spreads the polls of a database over the machines of its Citus cluster. */
export async function runClusterInit(context: CommandContext, options: ClusterInitOptions): Promise<void> {
  const { spreadPolls } = await import('../../../server/database/cluster.ts')
  const { databaseUrl } = await configOf(context, options)
  const { tables, nodes, shards } = await spreadPolls(databaseUrl, options.shards)
  const over = `over ${formatAmount(nodes, 'node')}, in ${formatAmount(shards, 'shard')}`
  say(context, options, tables.length > 0 ? `polls are spread ${over}` : `polls were spread before, ${over}`)
  await runClusterStatus(context, options)
}

/** Tells what each machine of the cluster has of the polls. */
export async function runClusterStatus(context: CommandContext, options: ClusterOptions): Promise<void> {
  const { clusterStatus } = await import('../../../server/database/cluster.ts')
  const { databaseUrl } = await configOf(context, options)
  const status = await clusterStatus(databaseUrl)
  if (options.json) return printJson(context, [status])
  if (status.nodes.length > 0) await printTable(context, columns, status.nodes)
  else say(context, options, 'there are no workers')
  if (!status.isSpread) say(context, options, 'polls are not spread yet: cluster init')
  if (status.unfinished > 0) {
    say(
      context,
      options,
      `${formatAmount(status.unfinished, 'commit')} to be ended: Citus does so by itself once all machines run`,
    )
  }
}
