/** What the command line offers. The commands themselves are loaded when they are called, so that `--help` is quick. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { changeKinds } from '../../shared/change-kind.ts'
import { correctionKinds, correctionUses } from '../../shared/correction-kind.ts'
import { interpolations } from '../../shared/interpolation.ts'
import { parseMaxRejected, type MaxRejected } from '../../shared/max-rejected.ts'
import { periodUnits } from '../../shared/period-unit.ts'
import { pollFormats } from '../../shared/poll-file.ts'
import { columnChoices, fileFormats } from '../../shared/report-file.ts'
import type { BackupOptions } from './commands/backup.ts'
import type { CancelOptions } from './commands/cancel.ts'
import type { ChangesOptions } from './commands/changes.ts'
import type { CheckOptions } from './commands/check.ts'
import type { DeletePollsOptions, DeleteStoreOptions } from './commands/delete-data.ts'
import type { ExplainOptions } from './commands/explain.ts'
import type { AddCorrectionOptions, CorrectionListOptions, RevokeOptions } from './commands/corrections.ts'
import type { HistoryOptions } from './commands/history.ts'
import type { ImportCommandOptions } from './commands/import.ts'
import type { ImportsOptions } from './commands/imports.ts'
import type { OutagesOptions } from './commands/outages.ts'
import type { ExportPollsCommandOptions, PollsCommandOptions } from './commands/polls.ts'
import type { PushCommandOptions } from './commands/push.ts'
import type { RejectedOptions } from './commands/rejected.ts'
import type { GetReportOptions } from './commands/reports.ts'
import type { StatusOptions } from './commands/report-status.ts'
import type { ReportCommandOptions } from './commands/report.ts'
import type { ServeOptions } from './commands/serve.ts'
import type { TryPollerCommandOptions } from './commands/pollers.ts'
import type { PullCommandOptions, SourcesOptions, TrySourceOptions } from './commands/sources.ts'
import type { StoreListOptions } from './commands/stores.ts'
import type { TailOptions } from './commands/tail.ts'
import type { TopOptions } from './commands/top.ts'
import type { ChangeOptions, DetailsOptions } from './commands/set-store.ts'
import type { WatchedOptions } from './commands/watched.ts'
import type { VerifyOptions } from './commands/verify.ts'
import type { ConnectionOptions } from './connection.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { exitCodeHelp } from './exit-code.ts'
import type { ListOptions } from './listing.ts'
import { tableSorts } from './table-sorts.ts'
import { dateMeant, instantMeant, zoneOfMachine } from './times.ts'

const configDescription =
  'settings as YAML or JSON (STORE_MONITOR_CONFIG; default: store-monitor.yaml or .json in this folder)'

type ConnectedListOptions = ConnectionOptions & ListOptions

export function createProgram(context: CommandContext): Command {
  const program = new Command('store-monitor')
    .description('Tells how long each store was up, down and unknown during its business hours.')
    .version(context.version)
    .addHelpText(
      'after',
      `${examples(
        'report --from FOLDER -o report.csv    a report of the CSV files in a folder',
        'import FOLDER                         keep the data in ./store-monitor.db',
        'serve                                 and answer requests on http://127.0.0.1:8000',
        'demo                                  see it work on made-up data',
      )}

Data goes to stdout, everything else to stderr.

Commands work on a server (--url, or STORE_MONITOR_URL) or else, in this process, on a
database (--database, or DATABASE_URL or DB_URL, or else ./store-monitor.db): a SQLite file,
or a PostgreSQL (postgresql://user:password@host:port/name).

Times are ISO 8601, or dates (their beginning), now, today, yesterday, or -2d, -12h, -30m, -1w:
so long ago. Words and dates are taken in the time zone of this machine, and what is meant is said.`,
    )
    .addHelpText('afterAll', exitCodeHelp)

  function examples(...lines: readonly string[]): string {
    return `\nExamples:\n${lines.map((line) => `  ${context.command} ${line}`).join('\n')}`
  }

  const meanings: string[] = []
  program.hook('preAction', (_, command) => {
    for (const meaning of meanings) say(context, command.opts<MessageOptions>(), meaning)
  })

  /** An option whose value people may write in words: what is meant is said. */
  function optionInWords(flags: string, description: string, meant: (text: string) => string): Option {
    const option = new Option(flags, description)
    return option.argParser((text: string) => {
      const meaning = meant(text)
      if (meaning !== text) meanings.push(`${option.long} ${text} is ${meaning} (${zoneOfMachine()})`)
      return meaning
    })
  }

  function timeOption(flags: string, description: string): Option {
    return optionInWords(flags, description, (text) => instantMeant(text, context.now()))
  }

  function dateOption(flags: string, description: string): Option {
    return optionInWords(flags, description, (text) => dateMeant(text, context.now()))
  }

  function add(nameAndArguments: string, description: string): Command {
    return withMessages(program.command(nameAndArguments).description(description))
  }

  function withMessages(command: Command): Command {
    return command
      .option('-q, --quiet', 'say nothing on stderr but errors')
      .option('--debug', 'with an error, show where it comes from')
  }

  function addConnected(nameAndArguments: string, description: string): Command {
    return connected(program.command(nameAndArguments).description(description))
  }

  function connected(command: Command): Command {
    return withMessages(command)
      .option('--url <url>', 'the server to work with')
      .option('--database <file or URL>', 'the database to work on, where there is no server')
      .option('--workers <count>', 'threads that compute reports; by default one for each processor core')
      .option('--config <file>', configDescription)
  }

  function addListing(nameAndArguments: string, description: string): Command {
    return addConnected(nameAndArguments, description)
      .option('--limit <count>', 'show so many', wholeNumber, 50)
      .option('--all', 'show all')
      .option('--json', 'write a line of JSON for each')
  }

  add('serve', 'Answer requests over HTTP: tRPC and REST.')
    .option('--host <address>', 'address to listen on (HOST; default: 127.0.0.1)')
    .option('--port <port>', 'port to listen on, 0 for a free one (PORT; default: 8000)')
    .option(
      '--database <file or URL>',
      'the SQLite file, or postgresql:// URL (DATABASE_URL, DB_URL; default: store-monitor.db)',
    )
    .option('--workers <count>', 'threads that compute reports (STORE_MONITOR_WORKERS)')
    .option('--watch <folder...>', 'import the files that come into these folders (STORE_MONITOR_WATCH)')
    .option('--watch-move', 'move them to done and failed in there after it (STORE_MONITOR_WATCH_MOVE)')
    .option('--config <file>', configDescription)
    .addHelpText(
      'after',
      examples(
        'serve',
        'serve --host 0.0.0.0 --port 80 --database /var/lib/stores.db',
        'serve --watch /srv/incoming --watch-move',
      ),
    )
    .action(async (options: ServeOptions) => {
      const { runServe } = await import('./commands/serve.ts')
      await runServe(context, options)
    })

  addConnected('import', 'Import CSV files, or folders of them; what a file holds is seen from its header.')
    .argument('<path...>', 'files and folders; - reads stdin')
    .addOption(mapOption())
    .option(
      '--max-rejected <count or part>',
      'refuse a file of which more rows are rejected, such as 20 or 2.5% (default: no limit)',
      maxRejected,
    )
    .option('--json', "write a line of JSON for each file's record")
    .addHelpText(
      'after',
      examples(
        'import data/',
        'import data/ --max-rejected 1%',
        "import export.csv --map 'store_id=Outlet No'",
        'import store_status.csv --url http://127.0.0.1:8000',
      ),
    )
    .action(async (paths: string[], options: ImportCommandOptions) => {
      const { withImportTarget } = await import('./import-target.ts')
      await withImportTarget(context, options, async (target) => {
        const { runImport } = await import('./commands/import.ts')
        await runImport(context, options, target, paths)
      })
    })

  addConnected('push', 'Add polls as they come: CSV, an array of JSON, or a line of JSON for each.')
    .argument('<file>', 'the file, which may be packed (.gz, .zst); - takes lines from stdin as they come')
    .option('--source <name>', 'who sends them, to be counted', 'cli')
    .option(
      '--retries <count>',
      'how often lines of stdin are sent again to a server that is away or busy (default: 8)',
      wholeNumber,
    )
    .option('--json', 'write the result as a line of JSON')
    .addHelpText(
      'after',
      `${examples('push polls.ndjson', 'push - --url http://127.0.0.1:8000 < polls.csv')}

From stdin, lines are sent within a second, also where there is no end: tail -f polls.ndjson | … push -`,
    )
    .action(async (path: string, options: PushCommandOptions) => {
      const { runPush } = await import('./commands/push.ts')
      await runPush(context, options, path)
    })

  addListing('pushed', 'List what was pushed, by hour and source, the newest first.').action(
    async (options: ConnectedListOptions) => {
      const { runPushed } = await import('./commands/push.ts')
      await runPushed(context, options)
    },
  )

  const polls = addListing('polls', 'List polls by store and time; or write them to a file.')
    .enablePositionalOptions()
    .argument('[store]', 'only those of this store')
    .addOption(timeOption('--from <time>', 'the first instant whose polls are meant'))
    .addOption(timeOption('--to <time>', 'the first instant whose polls are not meant any more'))
    .addOption(groupOption())
    .addHelpText(
      'after',
      examples(
        'polls chicago-loop-01 --from 2026-11-04T00:00Z',
        'polls export -o backup/',
        'polls export --group city=Bonn --from 2026-10-01T00:00Z --to 2026-11-01T00:00Z -o bonn.parquet',
      ),
    )
    .action(async (storeId: string | undefined, options: PollsCommandOptions) => {
      const { runPolls } = await import('./commands/polls.ts')
      await runPolls(context, options, storeId)
    })

  connected(
    polls.command('export').description('Write polls to stdout or a file: CSV as import takes it, or else.'),
  )
    .argument('[store]', 'only those of this store')
    .addOption(timeOption('--from <time>', 'the first instant whose polls are meant'))
    .addOption(timeOption('--to <time>', 'the first instant whose polls are not meant any more'))
    .addOption(groupOption())
    .addOption(
      new Option('--format <format>', 'of the file (default: as its name ends, or csv)').choices(pollFormats),
    )
    .option('-o, --output <file or folder>', 'write it here; in a folder it is named by its dates')
    .option('--json', 'the same as --format ndjson')
    .action(async (storeId: string | undefined, _: unknown, command: Command) => {
      const { runExportPolls } = await import('./commands/polls.ts')
      await runExportPolls(context, command.optsWithGlobals<ExportPollsCommandOptions>(), storeId)
    })

  const sources = addConnected('sources', 'List what the server pulls by a schedule; or pull or try one.')
    .enablePositionalOptions()
    .option('--json', 'write a line of JSON for each')
    .addHelpText(
      'after',
      examples(
        'sources --url http://127.0.0.1:8000',
        'sources try platform --answer answer.json',
        'sources pull platform --url http://127.0.0.1:8000',
      ),
    )
    .action(async (options: SourcesOptions) => {
      const { runSources } = await import('./commands/sources.ts')
      await runSources(context, options)
    })

  connected(sources.command('pull').description('Pull one now.'))
    .argument('<name>', 'the source')
    .option('--again', 'import it also where it is what was imported last')
    .option('--json', 'write what it brought as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runPull } = await import('./commands/sources.ts')
      await runPull(context, command.optsWithGlobals<PullCommandOptions>(), name)
    })

  connected(sources.command('try').description('Show what would be taken of one, and store nothing.'))
    .argument('<name>', 'the source')
    .option('--answer <file>', 'what would be answered, instead of asking for it')
    .option('--json', 'write it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runTrySource } = await import('./commands/sources.ts')
      await runTrySource(context, command.optsWithGlobals<TrySourceOptions>(), name)
    })

  const pollers = addConnected('pollers', 'List what asks stores by turns; or try one.')
    .enablePositionalOptions()
    .option('--json', 'write a line of JSON for each')
    .addHelpText(
      'after',
      examples('pollers --url http://127.0.0.1:8000', 'pollers try website --store chicago-loop-01'),
    )
    .action(async (options: SourcesOptions) => {
      const { runPollers } = await import('./commands/pollers.ts')
      await runPollers(context, options)
    })

  connected(pollers.command('try').description('Show what would be taken of an answer, and store nothing.'))
    .argument('<name>', 'the poller')
    .option('--store <id>', 'the store to ask (default: the first)')
    .option('--answer <file>', 'what would be answered, instead of asking for it')
    .option('--status <status>', 'the status of that', wholeNumber, 200)
    .option('--json', 'write it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runTryPoller } = await import('./commands/pollers.ts')
      await runTryPoller(context, command.optsWithGlobals<TryPollerCommandOptions>(), name)
    })

  addConnected('report', 'Make a report and write it to stdout or a file. Ctrl-C cancels it.')
    .option(
      '--from <path...>',
      'import these files and folders first: in a temporary database unless --database or --url is given',
    )
    .addOption(mapOption())
    .addOption(timeOption('--as-of <time>', 'look back from here (default: the latest poll)'))
    .addOption(
      new Option('--interpolation <kind>', 'which poll speaks for a moment (default: nearest)').choices(
        interpolations,
      ),
    )
    .option('--reach <duration>', 'how far from a poll its status counts, 1m to 7d (default: 24h)')
    .addOption(correctionsOption())
    .addOption(new Option('--by <period>', 'a row for each store and period').choices(periodUnits))
    .addOption(dateOption('--since <date>', 'with --by: the first local date, YYYY-MM-DD'))
    .addOption(dateOption('--until <date>', 'with --by: the last local date, itself included'))
    .addOption(columnsOption())
    .addOption(formatOption())
    .option('-o, --output <file or folder>', 'write it here, once it is complete')
    .option('--json', 'the same as --format ndjson')
    .option('--top <count>', 'of the table that a terminal shows: so many stores (default: 20)', wholeNumber)
    .addOption(
      new Option('--sort <column>', 'of the table: by what, the worst first (default: uptime)').choices(
        tableSorts,
      ),
    )
    .option('--where <text>', 'of the table: only stores whose id contains this')
    .addOption(groupOption())
    .option('--group-by <label>', 'a table with a row for each value of the label')
    .addHelpText(
      'after',
      examples(
        'report --from data/',
        'report --top 5 --sort downtime',
        'report --from data/ -o report.csv',
        'report --as-of 2023-01-25T18:00:00Z --reach 12h > report.csv',
        'report --from data/ --group chain=Soup --group-by city',
        'report --by week --since 2026-10-05 --until 2026-11-01',
        'report --url http://127.0.0.1:8000 --json | jq .uptimeLastWeekPercent',
      ),
    )
    .action(async (options: ReportCommandOptions) => {
      const { runReportCommand } = await import('./commands/report.ts')
      await runReportCommand(context, options)
    })

  addConnected('check', 'Tell which figures to doubt, and what to do about it.')
    .option('--from <path...>', 'check these files and folders: in a temporary database unless one is named')
    .addOption(mapOption())
    .addOption(groupOption())
    .option('--limit <count>', 'name so many stores of each finding', wholeNumber, 10)
    .option('--json', 'write a line of JSON for each finding')
    .addHelpText('after', examples('check', 'check --from data/', 'check --limit 1000 --json'))
    .action(async (options: CheckOptions) => {
      const { runCheck } = await import('./commands/check.ts')
      await runCheck(context, options)
    })

  function addJudging(nameAndArguments: string, description: string): Command {
    return addConnected(nameAndArguments, description)
      .option(
        '--from <path...>',
        'import these files and folders first: in a temporary database unless one is named',
      )
      .addOption(mapOption())
      .addOption(timeOption('--as-of <time>', 'look back from here (default: the latest poll)'))
      .addOption(
        new Option('--interpolation <kind>', 'which poll speaks for a moment (default: nearest)').choices(
          interpolations,
        ),
      )
      .option('--reach <duration>', 'how far from a poll its status counts, 1m to 7d (default: 24h)')
      .addOption(correctionsOption())
      .addOption(
        new Option(
          '--format <format>',
          'of what is written (default: for people on a terminal, csv elsewhere)',
        ).choices(['csv', 'json']),
      )
  }

  addJudging('explain', "Take a store's time apart: what it was when, and the polls and rules that say so.")
    .argument('<store>', 'its id')
    .addOption(
      dateOption(
        '--since <date or time>',
        'from this local date, or instant, on (default: a week before the end)',
      ),
    )
    .addOption(
      dateOption(
        '--until <date or time>',
        'to the end of this local date, or to before this instant (default: --as-of)',
      ),
    )
    .option('--report <id>', "a report's row of the store, and whether it still comes out so")
    .addHelpText(
      'after',
      examples(
        'explain chicago-loop-01',
        'explain chicago-loop-01 --from data/ --since 2026-11-02 --until 2026-11-03',
        'explain chicago-loop-01 --since 2026-11-02T12:00:00Z --until 2026-11-03T23:00:00Z --format csv',
        `explain chicago-loop-01 --report ${exampleId}`,
      ),
    )
    .action(async (storeId: string, options: ExplainOptions) => {
      const { runExplain } = await import('./commands/explain.ts')
      await runExplain(context, options, storeId)
    })

  addJudging('outages', 'List the outages that have down time on some local dates.')
    .argument('[store]', 'only those of this store')
    .addOption(dateOption('--since <date>', 'the first local date, YYYY-MM-DD').makeOptionMandatory())
    .addOption(dateOption('--until <date>', 'the last local date, itself included').makeOptionMandatory())
    .addOption(
      new Option('--sort <by>', 'in which order (default: store); the others show the first 1,000').choices([
        'store',
        'longest',
        'ongoing',
      ]),
    )
    .addOption(groupOption())
    .option('--group-by <label>', 'how many, and how long, for each value of the label')
    .addHelpText(
      'after',
      examples(
        'outages --since 2026-10-05 --until 2026-11-01',
        'outages chicago-loop-01 --from data/ --since 2026-10-05 --until 2026-11-01 --format csv',
        'outages --since 2026-11-04 --until 2026-11-04 --sort ongoing',
        'outages --since 2026-10-05 --until 2026-11-01 --group-by city',
      ),
    )
    .action(async (storeId: string | undefined, options: OutagesOptions) => {
      const { runOutages } = await import('./commands/outages.ts')
      await runOutages(context, options, storeId)
    })

  addJudging('history', 'Show the business time of a store, of groups or of all stores by period.')
    .argument('[store]', 'its id')
    .addOption(
      new Option('--by <period>', 'a line for each of these').choices(periodUnits).makeOptionMandatory(),
    )
    .addOption(dateOption('--since <date>', 'the first local date, YYYY-MM-DD').makeOptionMandatory())
    .addOption(dateOption('--until <date>', 'the last local date, itself included').makeOptionMandatory())
    .addOption(groupOption())
    .option('--all', 'of all stores together')
    .option('--group-by <label>', 'with --group or --all: for each value of the label')
    .addHelpText(
      'after',
      examples(
        'history chicago-loop-01 --by day --since 2026-10-26 --until 2026-11-01',
        'history --group city=Chicago --by week --since 2026-10-05 --until 2026-11-01',
        'history --all --group-by city --by month --since 2026-01-01 --until 2026-12-31 --format csv',
      ),
    )
    .action(async (storeId: string | undefined, options: HistoryOptions) => {
      const { runHistory } = await import('./commands/history.ts')
      await runHistory(context, options, storeId)
    })

  const reports = addListing('reports', 'List reports, the newest first; or get or delete one.')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      examples(
        'reports',
        'reports --all --json | jq \'select(.state == "failed")\'',
        `reports get ${exampleId} -o report.csv`,
        `reports delete ${exampleId}`,
      ),
    )
    .action(async (options: ConnectedListOptions) => {
      const { runReports } = await import('./commands/reports.ts')
      await runReports(context, options)
    })

  connected(
    reports.command('get').description('Write the file of a complete report to stdout, or to a file.'),
  )
    .argument('<id>', 'the report')
    .addOption(columnsOption())
    .addOption(formatOption())
    .option('-o, --output <file or folder>', 'write it here')
    .option('--json', 'the same as --format ndjson')
    .action(async (id: string, _: unknown, command: Command) => {
      const { runGetReport } = await import('./commands/reports.ts')
      await runGetReport(context, command.optsWithGlobals<GetReportOptions>(), id)
    })

  connected(
    reports.command('delete').description('Remove a report and its file; one that is running is cancelled.'),
  )
    .argument('<id>', 'the report')
    .action(async (id: string, _: unknown, command: Command) => {
      const { runDeleteReport } = await import('./commands/reports.ts')
      await runDeleteReport(context, command.optsWithGlobals<ConnectedListOptions>(), id)
    })

  addConnected('report-status', 'Show the state of a report.')
    .argument('<id>', 'the report')
    .option('--wait', 'wait until it has ended')
    .option('--json', 'write it as JSON')
    .addHelpText('after', examples(`report-status ${exampleId}`, `report-status --wait --json ${exampleId}`))
    .action(async (id: string, options: StatusOptions) => {
      const { runReportStatus } = await import('./commands/report-status.ts')
      await runReportStatus(context, options, id)
    })

  addConnected('verify', 'Compute stores of a report again, and compare them with what is stored.')
    .argument('<id>', 'the report')
    .option('--stores <count>', 'so many, spread over the report (default: 100)', wholeNumber)
    .option('--all', 'all stores')
    .option('--json', 'write what is found as a line of JSON')
    .addHelpText(
      'after',
      `${examples(`verify ${exampleId}`, `verify ${exampleId} --all --json`)}

The exit code is 4 where something comes out otherwise.`,
    )
    .action(async (id: string, options: VerifyOptions) => {
      const { runVerify } = await import('./commands/verify.ts')
      await runVerify(context, options, id)
    })

  addConnected('cancel', 'Cancel a report or an import that has not ended.')
    .argument('<id>', 'the id of the report, or the number of the import')
    .option('--json', 'write the report or import as JSON')
    .addHelpText('after', examples(`cancel ${exampleId}`, 'cancel 7'))
    .action(async (id: string, options: CancelOptions) => {
      const { runCancel } = await import('./commands/cancel.ts')
      await runCancel(context, options, id)
    })

  addListing('stores', 'List stores with their timezone and business hours.')
    .argument('[search]', 'only those whose id contains this')
    .addOption(groupOption())
    .addHelpText('after', examples('stores', 'stores 8419 --json', 'stores --group city=Bonn'))
    .action(async (search: string | undefined, options: StoreListOptions) => {
      const { runStores } = await import('./commands/stores.ts')
      await runStores(context, options, search)
    })

  addConnected('top', 'Show which stores are down, the longest first: on a terminal as it changes.')
    .option('--limit <count>', 'show so many (default: as many as there is room for, or 50)', wholeNumber)
    .option('--all', 'show all')
    .addOption(groupOption())
    .option('--once', 'show it once')
    .addOption(new Option('--format <format>', 'write it once, as this').choices(['csv', 'json']))
    .addHelpText('after', examples('top', 'top --group city=Bonn', 'top --all --format csv > down.csv'))
    .action(async (options: TopOptions) => {
      const { runTop } = await import('./commands/top.ts')
      await runTop(context, options)
    })

  addConnected('tail', 'Tell which stores go down, and which are not down any more, until it is stopped.')
    .argument('[store]', 'only this store')
    .addOption(groupOption())
    .addOption(new Option('--format <format>', 'write a line of JSON for each change').choices(['json']))
    .addHelpText('after', examples('tail', 'tail --group city=Bonn', 'tail --format json | jq .storeId'))
    .action(async (storeId: string | undefined, options: TailOptions) => {
      const { runTail } = await import('./commands/tail.ts')
      await runTail(context, options, storeId)
    })

  function addStoreChange(nameAndArguments: string, description: string): Command {
    return addConnected(nameAndArguments, description)
      .option('--by <name>', 'who changes it')
      .option('--reason <text>', 'why')
      .option('--json', 'write the store as a line of JSON')
  }

  addStoreChange(
    'set-hours <store> <hours...>',
    'Set the weekly hours of a store; days without any are closed.',
  )
    .addOption(timeOption('--valid-from <time>', 'since when they hold (default: in place of all versions)'))
    .addHelpText(
      'after',
      examples(
        'set-hours 8419 Mon-Fri 09:00-17:30, Sat 10:00-14:00 18:00-02:00',
        'set-hours 8419 always --valid-from 2026-10-01T00:00:00Z',
      ),
    )
    .action(async (storeId: string, hours: string[], options: ChangeOptions) => {
      const { runSetHours } = await import('./commands/set-store.ts')
      await runSetHours(context, options, storeId, hours)
    })

  addStoreChange('set-timezone <store> <zone>', 'Set the timezone of a store.')
    .addOption(timeOption('--valid-from <time>', 'since when it holds (default: in place of all versions)'))
    .addHelpText('after', examples('set-timezone 8419 Europe/Berlin'))
    .action(async (storeId: string, zone: string, options: ChangeOptions) => {
      const { runSetTimezone } = await import('./commands/set-store.ts')
      await runSetTimezone(context, options, storeId, zone)
    })

  addStoreChange('set-special-hours <store> <date> <hours...>', 'Set the hours of a store on a date.')
    .addHelpText(
      'after',
      examples('set-special-hours 8419 2026-12-24 10:00-14:00', 'set-special-hours 8419 2026-12-25 closed'),
    )
    .action(async (storeId: string, date: string, hours: string[], options: ChangeOptions) => {
      const { runSetSpecialHours } = await import('./commands/set-store.ts')
      await runSetSpecialHours(context, options, storeId, date, hours)
    })

  addStoreChange('set-details <store>', 'Set the name and labels of a store; what is left out stays.')
    .option('--name <name>', 'what it is called')
    .option('--label <label=value...>', 'a label and its value; without a value it is taken away')
    .addHelpText('after', examples("set-details 8419 --name 'Berlin Mitte' --label city=Berlin chain=Soup"))
    .action(async (storeId: string, options: DetailsOptions) => {
      const { runSetDetails } = await import('./commands/set-store.ts')
      await runSetDetails(context, options, storeId)
    })

  const corrections = addListing('corrections', 'List corrections, the newest first; or add or revoke one.')
    .enablePositionalOptions()
    .option('--store <id>', 'only those of this store')
    .option('--in-force', 'only those that count, none that were revoked')
    .addOption(groupOption())
    .addHelpText(
      'after',
      examples(
        'corrections --store 8419',
        "corrections add 8419 --from 2026-10-05T09:00Z --to 2026-10-05T11:30Z --kind excused --reason 'power cut'",
        'corrections revoke 7 --by Ann',
      ),
    )
    .action(async (options: CorrectionListOptions) => {
      const { runCorrections } = await import('./commands/corrections.ts')
      await runCorrections(context, options)
    })

  connected(corrections.command('list').description('List corrections, the newest first.')).action(
    async (_: unknown, command: Command) => {
      const { runCorrections } = await import('./commands/corrections.ts')
      await runCorrections(context, command.optsWithGlobals<CorrectionListOptions>())
    },
  )

  connected(corrections.command('add').description('Say what is known better than the polls.'))
    .argument('<store>', 'the store that it is about')
    .addOption(timeOption('--from <time>', 'the first instant that it is about').makeOptionMandatory())
    .addOption(
      timeOption('--to <time>', 'the first instant that it is not about any more').makeOptionMandatory(),
    )
    .addOption(
      new Option('--kind <kind>', 'no business time, excused time, or polls that are wrong')
        .choices(correctionKinds)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why')
    .option('--author <name>', 'who says so')
    .action(async (storeId: string, _: unknown, command: Command) => {
      const { runAddCorrection } = await import('./commands/corrections.ts')
      await runAddCorrection(context, command.optsWithGlobals<AddCorrectionOptions>(), storeId)
    })

  connected(corrections.command('revoke').description('Revoke a correction: it counts no more.'))
    .argument('<number>', 'the correction', wholeNumber)
    .option('--by <name>', 'who revokes it')
    .option('--reason <text>', 'why')
    .action(async (correctionId: number, _: unknown, command: Command) => {
      const { runRevokeCorrection } = await import('./commands/corrections.ts')
      await runRevokeCorrection(context, command.optsWithGlobals<RevokeOptions>(), correctionId)
    })

  addListing(
    'changes',
    'List what changed the data, the newest first: imports, rules, corrections, deletions.',
  )
    .option('--store <id>', 'only those that touched this store, alone or with others')
    .addOption(new Option('--kind <kind>', 'only those of this kind').choices(changeKinds))
    .addOption(timeOption('--since <time>', 'only those that were made then or later'))
    .addHelpText(
      'after',
      examples('changes', 'changes --store 8419 --json', 'changes --since 2026-11-01T00:00Z'),
    )
    .action(async (options: ChangesOptions) => {
      const { runChanges } = await import('./commands/changes.ts')
      await runChanges(context, options)
    })

  function addDeletion(nameAndArguments: string, description: string): Command {
    return addConnected(nameAndArguments, description)
      .requiredOption('--reason <text>', 'why')
      .option('--by <name>', 'who deletes it')
      .option('--yes', 'delete it; without, only tell what would be deleted')
      .option('--json', 'write a line of JSON')
  }

  addDeletion('delete-polls', 'Delete the polls of a store, a group or all stores in some time.')
    .argument('[store]', 'only those of this store')
    .option('--group <label=value...>', 'those of stores that are in all of these groups')
    .option('--all', 'those of all stores')
    .addOption(timeOption('--from <time>', 'the first instant whose polls go').makeOptionMandatory())
    .addOption(timeOption('--to <time>', 'the first instant whose polls stay again').makeOptionMandatory())
    .addHelpText(
      'after',
      examples(
        "delete-polls 8419 --from 2026-10-05T09:00Z --to 2026-10-05T11:30Z --reason 'poller was broken'",
        "delete-polls --group city=Bonn --from 2026-10-05T00:00Z --to 2026-10-06T00:00Z --reason 'a test' --yes",
      ),
    )
    .action(async (storeId: string | undefined, options: DeletePollsOptions) => {
      const { runDeletePolls } = await import('./commands/delete-data.ts')
      await runDeletePolls(context, options, storeId)
    })

  addDeletion('delete-store <store>', 'Delete a store with its rules, polls, labels and corrections.')
    .addHelpText('after', examples("delete-store 8419 --reason 'closed for good' --by Ann --yes"))
    .action(async (storeId: string, options: DeleteStoreOptions) => {
      const { runDeleteStore } = await import('./commands/delete-data.ts')
      await runDeleteStore(context, options, storeId)
    })

  addListing('imports', 'List imported files, the newest first; or show one, and what it changed.')
    .argument('[import]', 'this one, and the first stores of which it changed something', wholeNumber)
    .option('--stores', 'with an import: list the stores of which it changed something')
    .option('--store <id>', 'only those that changed something of this store')
    .addHelpText(
      'after',
      examples(
        'imports',
        'imports --json --limit 1',
        'imports 3',
        'imports 3 --stores --all',
        'imports --store 8419',
      ),
    )
    .action(async (importId: number | undefined, options: ImportsOptions) => {
      const { runImports } = await import('./commands/imports.ts')
      await runImports(context, options, importId)
    })

  addListing('watched', 'List what became of the files of watched folders, the last ones first.')
    .option('--failed', 'only those of which nothing could be taken')
    .option('--folders', 'list the folders that the server watches, and how they are')
    .addHelpText('after', examples('watched', 'watched --failed', 'watched --folders'))
    .action(async (options: WatchedOptions) => {
      const { runWatched } = await import('./commands/watched.ts')
      await runWatched(context, options)
    })

  addListing('rejected', 'List rows that were not taken, and why.')
    .argument('[import]', 'only those of this import', wholeNumber)
    .addOption(
      new Option('--by <what>', 'count all rows of the import, by reason or store').choices([
        'reason',
        'store',
      ]),
    )
    .addHelpText('after', examples('rejected', 'rejected 3 --all', 'rejected 3 --by reason'))
    .action(async (importId: number | undefined, options: RejectedOptions) => {
      const { runRejected } = await import('./commands/rejected.ts')
      await runRejected(context, options, importId)
    })

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
      const { runBackup } = await import('./commands/backup.ts')
      await runBackup(context, options, file)
    })

  add('demo', 'See it work: import the made-up data of examples/chain and report on it.')
    .addHelpText('after', examples('demo'))
    .action(async (options: MessageOptions) => {
      const { runDemo } = await import('./commands/demo.ts')
      await runDemo(context, options)
    })

  return program
}

const exampleId = '3f0a9d3c-5d0e-4a53-9c4f-7f4dd8a5b0c1'

function columnsOption(): Option {
  return new Option(
    '--columns <which>',
    'of the CSV or workbook; all has unknown and excused time and percentages too',
  )
    .choices(columnChoices)
    .default('default')
}

function mapOption(): Option {
  return new Option(
    '--map <column=name>',
    'what the files call a column, such as store_id=Outlet; may be repeated',
  ).argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text])
}

function groupOption(): Option {
  return new Option('--group <label=value...>', 'only stores that are in all of these groups')
}

function formatOption(): Option {
  return new Option('--format <format>', 'of the file (default: csv)').choices(fileFormats)
}

function maxRejected(text: string): MaxRejected {
  try {
    return parseMaxRejected(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function correctionsOption(): Option {
  return new Option('--corrections <use>', 'whether corrections count (default: applied)').choices(
    correctionUses,
  )
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Write a whole number, 1 or more.')
}
