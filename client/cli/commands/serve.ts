import { once } from 'node:events'
import { delimiter, resolve } from 'node:path'
import { shownDatabase } from '../../../shared/database-url.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import type { Interrupted } from '../exit-code.ts'
import { hint } from '../hint.ts'
import { makePage } from '../make-page.ts'
import { printable, write } from '../output.ts'
import { flagsOf, readSettings } from '../place.ts'

export interface ServeOptions extends MessageOptions {
  readonly host?: string
  readonly port?: string
  readonly database?: string
  readonly workers?: string
  readonly role?: string
  readonly watch?: readonly string[]
  readonly watchMove?: true
  readonly logLevel?: string
  readonly logFormat?: string
  readonly config?: string
  readonly insecure?: true
}

/** Serves until the process is told to stop, and then ends what it is at. */
export async function runServe(context: CommandContext, options: ServeOptions): Promise<void> {
  const { startServer } = await import('../../../server/serve.ts')
  const { createLog } = await import('../../../server/observe/log.ts')
  const { environment, version, now, stderr, signal } = context
  const { host, port, workers, role, database: databaseUrl } = options
  const { config, file } = await readSettings(context, {
    host,
    port,
    workers,
    role,
    databaseUrl,
    watch: options.watch?.join(delimiter),
    watchMove: options.watchMove && 'true',
    logLevel: options.logLevel,
    logFormat: options.logFormat,
    insecure: options.insecure && 'true',
    config: options.config,
  })
  await makePage(context, options)
  const { logFormat: format } = config
  using log = await createLog({ level: options.quiet ? 'error' : config.logLevel, format, stderr })
  const isForPerson = stderr.isTTY && format !== 'json'
  const tell = (text: string) => (isForPerson ? say(context, options, text) : log.tell(text))
  await using server = await startServer(config, {
    ...(file === undefined
      ? {}
      : { sources: file.sources, pollers: file.pollers, oidc: file.oidc, alerts: file.alerts }),
    writeLine: (line) => write(context.stdout, `${line}\n`),
    environment,
    version,
    now,
    onNotice: (text) => log.warn(printable(text)),
    onError: (error, fields) => log.error(error, fields),
    observe: log.observe,
    howToMakeKey: hint(context, 'keys', 'create', '--name', 'admin', '--role', 'admin', ...flagsOf(options)),
  })
  const database = shownDatabase(config.databaseUrl)
  const settings = file === undefined ? '' : `, set by ${resolve(file.path)}`
  const as = config.role === 'all' ? '' : `, as ${config.role}`
  tell(`store-monitor ${version} listening on ${server.url} with ${database}${as}${settings}`)
  // A log is better off with a line for each thing that happens.
  if (isForPerson && config.role !== 'worker') say(context, options, whatToTry(context, server.url))
  if (!signal.aborted) await once(signal, 'abort')
  const again = (signal.reason as Interrupted).signal === 'SIGINT' ? 'Ctrl-C again' : 'a second SIGTERM'
  tell(`store-monitor is stopping; ${again} ends it at once`)
}

function whatToTry(context: CommandContext, url: string): string {
  return `
Open ${url} in a browser, or try:
  curl --data-binary @store_status.csv '${url}/imports?source=store_status.csv'
  curl -X POST ${url}/trigger_report
  curl ${url}/get_report/REPORT_ID
  curl -OJ ${url}/reports/REPORT_ID.csv
  ${hint(context, 'report', '--url', url, '-o', 'report.csv')}
`
}
