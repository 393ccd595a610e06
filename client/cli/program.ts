/** What the command line offers. The commands themselves are loaded when they are called, so that `--help` is quick. */
import { Command } from 'commander'
import type { CommandContext } from './context.ts'
import { exitCodeHelp } from './exit-code.ts'
import { addAlerts } from './program/alerts.ts'
import { createAdder } from './program/adder.ts'
import { addAsked } from './program/asked.ts'
import { addChanges } from './program/changes.ts'
import { addCluster } from './program/cluster.ts'
import { addDigests } from './program/digests.ts'
import { addImports } from './program/imports.ts'
import { addIncidents } from './program/incidents.ts'
import { addInsight } from './program/insight.ts'
import { addKeys, addSessions } from './program/keys.ts'
import { addPolls } from './program/polls.ts'
import { addReport } from './program/report.ts'
import { addReports } from './program/reports.ts'
import { addSales } from './program/sales.ts'
import { addBackupAndDemo, addRetention, addServe } from './program/service.ts'
import { addSlos } from './program/slos.ts'
import { addStores } from './program/stores.ts'
import { addWaysIn } from './program/ways-in.ts'

export function createProgram(context: CommandContext): Command {
  const program = new Command('store-monitor')
  const adder = createAdder(program, context)
  program
    .description('Tells how long each store was up, down and unknown during its business hours.')
    .version(context.version)
    .addHelpText(
      'after',
      `${adder.examples(
        'report --from FOLDER -o report.csv    a report of the CSV files in a folder',
        'import FOLDER                         keep the data in ./store-monitor.db',
        'serve                                 and answer requests on http://127.0.0.1:8000',
        'demo                                  see it work on made-up data',
      )}

Data goes to stdout, everything else to stderr.

Commands work on a server (--url, or STORE_MONITOR_URL; --key or STORE_MONITOR_KEY) or else, in this process, on a
database (--database, or DATABASE_URL or DB_URL, or else ./store-monitor.db): a SQLite file,
or a PostgreSQL (postgresql://user:password@host:port/name).

Times are ISO 8601, or dates (their beginning), now, today, yesterday, or -2d, -12h, -30m, -1w:
so long ago. Words and dates are taken in the time zone of this machine, and what is meant is said.`,
    )
    .addHelpText('afterAll', exitCodeHelp)
  // In the order of --help.
  addServe(adder)
  addWaysIn(adder)
  addPolls(adder)
  addAsked(adder)
  addAlerts(adder)
  addDigests(adder)
  addReport(adder)
  addInsight(adder)
  addIncidents(adder)
  addSales(adder)
  addSlos(adder)
  addReports(adder)
  addStores(adder)
  addChanges(adder)
  addImports(adder)
  addKeys(adder)
  addSessions(adder)
  addRetention(adder)
  addCluster(adder)
  addBackupAndDemo(adder)
  return program
}
