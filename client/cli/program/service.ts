import type { BackupOptions } from '../commands/backup.ts'
import type { Command } from 'commander'
import type { DoctorOptions } from '../commands/doctor.ts'
import type { RetentionOptions } from '../commands/retention.ts'
import type { ServeOptions } from '../commands/serve.ts'
import type { MessageOptions } from '../context.ts'
import type { Adder } from './adder.ts'
import { configDescription } from './options.ts'

export function addServe({ context, add, examples }: Adder): void {
  add('serve', 'Answer requests over HTTP: tRPC and REST.')
    .option('--host <address>', 'address to listen on (HOST; default: 127.0.0.1)')
    .option('--port <port>', 'port to listen on, 0 for a free one (PORT; default: 8000)')
    .option(
      '--database <file or URL>',
      'the SQLite file, or postgresql:// URL (DATABASE_URL, DB_URL; default: store-monitor.db)',
    )
    .option('--workers <count>', 'threads that compute reports (STORE_MONITOR_WORKERS)')
    .option(
      '--role <role>',
      'of several servers on a PostgreSQL: web, worker or all (STORE_MONITOR_ROLE; default: all)',
    )
    .option('--watch <folder...>', 'import the files that come into these folders (STORE_MONITOR_WATCH)')
    .option('--watch-move', 'move them to done and failed in there after it (STORE_MONITOR_WATCH_MOVE)')
    .option(
      '--log-level <level>',
      'debug, info, warn, error or silent (STORE_MONITOR_LOG_LEVEL; default: info)',
    )
    .option(
      '--log-format <format>',
      'json, text, or auto: text on a terminal (STORE_MONITOR_LOG_FORMAT; default: auto)',
    )
    .option('--insecure', 'ask nobody for a key, also where other machines reach it (STORE_MONITOR_INSECURE)')
    .option('--config <file>', configDescription)
    .addHelpText(
      'after',
      examples(
        'serve',
        'serve --host 0.0.0.0 --port 80 --database /var/lib/stores.db    once there is a key: keys create',
        'serve --watch /srv/incoming --watch-move',
      ),
    )
    .action(async (options: ServeOptions) => {
      const { runServe } = await import('../commands/serve.ts')
      await runServe(context, options)
    })
}

/** What deletes what is old. */
export function addRetention({ context, addConnected, connected, examples }: Adder): void {
  const retention = addConnected(
    'retention',
    'Tell what is older than the settings keep it; or delete it now.',
  )
    .enablePositionalOptions()
    .option('--json', 'write it as JSON')
    .addHelpText(
      'after',
      examples('retention', 'retention run --dry-run', 'retention run --url http://127.0.0.1:8000'),
    )
    .action(async (options: RetentionOptions) => {
      const { runRetention } = await import('../commands/retention.ts')
      await runRetention(context, { ...options, dryRun: true })
    })

  connected(
    retention
      .command('run')
      .description('Delete now what keepReports, keepRejectedRows and keepPolls keep no longer.'),
  )
    .option('--dry-run', 'delete nothing, and tell how much would be')
    .option('--json', 'write it as JSON')
    .action(async (_: unknown, command: Command) => {
      const { runRetention } = await import('../commands/retention.ts')
      await runRetention(context, command.optsWithGlobals<RetentionOptions>())
    })
}

export function addBackupAndDemo({ context, add, examples }: Adder): void {
  add('backup', 'Copy the database to a file, also while a server is at work on it.')
    .argument('<file>', 'the copy; it is there as a whole, and checked, or not at all')
    .option('--database <file>', 'the database to copy (DATABASE_URL, DB_URL; default: store-monitor.db)')
    .option('--config <file>', configDescription)
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      examples('backup /backups/stores.db', 'backup --force latest.db --database stores.db'),
    )
    .action(async (file: string, options: BackupOptions) => {
      const { runBackup } = await import('../commands/backup.ts')
      await runBackup(context, options, file)
    })

  add(
    'doctor',
    'Look whether all is well here, or on a server: database, disk, clock, versions, settings; and say what to do.',
  )
    .option(
      '--database <file or URL>',
      'the database to look at (DATABASE_URL, DB_URL; default: store-monitor.db)',
    )
    .option('--config <file>', configDescription)
    .option('--url <url>', 'the server to look at, instead of this machine')
    .option('--key <key>', 'where it asks for one (or STORE_MONITOR_KEY)')
    .option('--json', 'write a line of JSON for each finding, then for each setting')
    .addHelpText(
      'after',
      examples('doctor', 'doctor --database /var/lib/stores.db', 'doctor --url https://monitor.example.org'),
    )
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('../commands/doctor.ts')
      await runDoctor(context, options)
    })

  add('demo', 'See it work: import the made-up data of examples/chain and report on it.')
    .addHelpText('after', examples('demo'))
    .action(async (options: MessageOptions) => {
      const { runDemo } = await import('../commands/demo.ts')
      await runDemo(context, options)
    })
}
