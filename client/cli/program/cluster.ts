import type { Command } from 'commander'
import type { ClusterInitOptions, ClusterOptions } from '../commands/cluster.ts'
import type { Adder } from './adder.ts'
import { configDescription, wholeNumber } from './options.ts'

/** What spreads polls over the machines of a Citus cluster. */
export function addCluster({ context, add, examples }: Adder): void {
  const cluster = add(
    'cluster',
    'Tell what each machine of a Citus cluster has of the polls; or spread them.',
  )
    .enablePositionalOptions()
    .addHelpText(
      'after',
      examples('cluster init --database postgresql://coordinator/stores', 'cluster status'),
    )
  onCoordinator(cluster).action((options: ClusterOptions) => tellStatus(options))

  onCoordinator(
    cluster
      .command('init')
      .description('Spread polls over the workers that the coordinator knows; again, where some were added.'),
  )
    .option('--shards <count>', 'how many pieces there are (default: citus.shard_count, 32)', wholeNumber)
    .action(async (_: unknown, command: Command) => {
      const { runClusterInit } = await import('../commands/cluster.ts')
      await runClusterInit(context, command.optsWithGlobals<ClusterInitOptions>())
    })

  onCoordinator(cluster.command('status').description('Tell what each machine has of the polls.')).action(
    (_: unknown, command: Command) => tellStatus(command.optsWithGlobals<ClusterOptions>()),
  )

  async function tellStatus(options: ClusterOptions): Promise<void> {
    const { runClusterStatus } = await import('../commands/cluster.ts')
    await runClusterStatus(context, options)
  }
}

function onCoordinator(command: Command): Command {
  return command
    .option('--database <URL>', 'the PostgreSQL of the coordinator (DATABASE_URL, DB_URL)')
    .option('--config <file>', configDescription)
    .option('--json', 'write it as a line of JSON')
}
