import { availableParallelism } from 'node:os'
import { delimiter, resolve } from 'node:path'
import * as z from 'zod'
import { AppError } from '../shared/app-error.ts'
import { formatDuration, parseDuration } from '../shared/duration.ts'
import { readBy } from '../shared/read-by.ts'
import { limitNames, limits, limitVariable, type GivenLimits, type Limits } from './limits/setting.ts'
import { networkProblem } from './limits/trusted-proxies.ts'
import { logFormats, logLevels } from './observe/log-levels.ts'

/** What a server does: it answers callers, works at what is to be done, or both. */
export const roles = ['all', 'web', 'worker'] as const
export type Role = (typeof roles)[number]

/** Where the database is unless it is said: a file in the current folder. */
const defaultDatabaseUrl = 'store-monitor.db'

export const config = z.object({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  port: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8000)
    .describe('Port to listen on; 0 takes a free one'),
  databaseUrl: z
    .string()
    .min(1)
    .default(defaultDatabaseUrl)
    .describe(
      'The database: a SQLite file, as a path or sqlite: URL, or postgresql://user:password@host:port/name',
    ),
  workers: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(() => Math.max(1, Math.min(8, availableParallelism())))
    .describe('Threads that compute reports'),
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'write a URL such as https://monitor.example.org', abort: true })
    .refine((url) => new URL(url).pathname === '/', 'no path can stand before those of the API')
    .optional()
    .describe('Where callers reach the API: a host it answers to, and the addresses in its answers'),
  getReportAs: z
    .enum(['json', 'csv'], 'write json or csv')
    .default('json')
    .describe('What a complete report is at GET /get_report: json (its state) or csv'),
  role: z
    .enum(roles, `write ${roles.join(', ')}`)
    .default('all')
    .describe(
      'What a server of several on one PostgreSQL does: web answers callers, worker computes reports and does what is due by itself, all both',
    ),
  watch: z
    .string()
    .transform(foldersIn)
    .default([])
    .describe('Folders whose files are imported as they come; several with : between them (; on Windows)'),
  watchMove: z
    .stringbool('write true or false')
    .default(false)
    .describe('Whether these files are moved to done and failed in their folder when they were taken'),
  logLevel: z
    .enum(logLevels, `write ${logLevels.join(', ')}`)
    .default('info')
    .describe('What the log of a server has at least'),
  logFormat: z
    .enum(logFormats, `write ${logFormats.join(', ')}`)
    .default('auto')
    .describe('Lines of the log as json or text; auto is text on a terminal'),
  keepReports: kept('Reports are deleted so long after they ended, with their results'),
  keepRejectedRows: kept(
    'The text of rejected rows is deleted so long after their import; what was counted of them stays',
  ),
  keepPolls: kept('Polls are deleted with their UTC week (from Thursday) once all of it is so long ago'),
  traces: z
    .url({ protocol: /^https?$/, error: 'write a URL such as http://127.0.0.1:4318' })
    .optional()
    .describe('Where OpenTelemetry traces go, as OTLP over HTTP'),
  sessionIdle: sessionTime(
    '12h',
    'After how long without a request the session of one who signed in on the page ends, such as 12h',
  ),
  sessionLifetime: sessionTime('7d', 'How long such a session is at most, such as 7d'),
  allowedOrigins: z
    .string()
    .transform(originsIn)
    .default([])
    .describe(
      'Origins whose pages may call the server, each with a key: such as https://a.example, with , between them',
    ),
  trustedProxies: z
    .string()
    .transform(networksIn)
    .default([])
    .describe(
      'Proxies that say whose requests theirs are (X-Forwarded-For, Forwarded): addresses and networks, such as 10.0.0.0/8, with , between them',
    ),
  insecure: z
    .stringbool('write true or false')
    .default(false)
    .describe('Whether callers are never asked for a key: also where others than this machine reach it'),
})

/** For how long something is kept. */
function kept(description: string) {
  const read = durationFrom('1d', '36500d', 'at least a day (1d) is kept, and at most 36500d')
  return z.string().transform(readBy(read)).optional().describe(description).meta({ shown: formatDuration })
}

/** How long a session may be. */
function sessionTime(usual: string, description: string) {
  const read = durationFrom('15m', '365d', 'write a duration from 15m to 365d')
  return z
    .string()
    .transform(readBy(read))
    .prefault(usual)
    .describe(description)
    .meta({ usual, shown: formatDuration })
}

function durationFrom(least: string, most: string, allowed: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text)
    if (ms >= parseDuration(least) && ms <= parseDuration(most)) return ms
    throw new AppError('invalid', allowed)
  }
}

function originsIn(text: string, context: z.core.$RefinementCtx): readonly string[] {
  const origins = text.split(/[,\s]+/).filter(Boolean)
  for (const origin of origins) {
    if (/^https?:$/.test(URL.parse(origin)?.protocol ?? '') && new URL(origin).origin === origin) continue
    const message = `"${origin}" is no origin: write a scheme and a host, such as https://a.example, without a path`
    context.addIssue({ code: 'custom', message })
  }
  return [...new Set(origins)]
}

function networksIn(text: string, context: z.core.$RefinementCtx): readonly string[] {
  const networks = text.split(/[,\s]+/).filter(Boolean)
  for (const network of networks) {
    const problem = networkProblem(network)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `"${network}" ${problem}` })
  }
  return [...new Set(networks)]
}

function foldersIn(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(delimiter)
        .filter(Boolean)
        .map((folder) => resolve(folder)),
    ),
  ]
}

export type Setting = keyof z.output<typeof config>

/** What counts where nothing is set. */
export const usualConfig = config.parse({})

export interface Config extends z.output<typeof config> {
  readonly limits: Limits
}

/** Settings as a configuration file has them, and where each stands. */
export interface GivenSettings {
  readonly values: Readonly<Partial<Record<Setting, string | undefined>>>
  readonly limits?: GivenLimits | undefined
  placeOf(setting: Setting | `limits.${keyof Limits}`): string
}

interface Source {
  /** Of `store-monitor serve`, where it has one. */
  readonly flag?: `--${string}`
  /** Environment variables; the first that is set counts. */
  readonly variables: readonly string[]
  /** The default in words, where it is not the same everywhere. */
  readonly defaultText?: string
}

/** Where each setting comes from. */
const sources: Readonly<Record<Setting, Source>> = {
  host: { flag: '--host', variables: ['HOST'] },
  port: { flag: '--port', variables: ['PORT'] },
  databaseUrl: { flag: '--database', variables: ['DATABASE_URL', 'DB_URL'] },
  workers: {
    flag: '--workers',
    variables: ['STORE_MONITOR_WORKERS'],
    defaultText: 'one for each processor core, at most 8',
  },
  publicUrl: { variables: ['PUBLIC_URL'], defaultText: "as each request's Host header says" },
  getReportAs: { variables: ['GET_REPORT_AS'] },
  role: { flag: '--role', variables: ['STORE_MONITOR_ROLE'] },
  watch: { flag: '--watch', variables: ['STORE_MONITOR_WATCH'], defaultText: 'none' },
  watchMove: { flag: '--watch-move', variables: ['STORE_MONITOR_WATCH_MOVE'] },
  logLevel: { flag: '--log-level', variables: ['STORE_MONITOR_LOG_LEVEL'] },
  logFormat: { flag: '--log-format', variables: ['STORE_MONITOR_LOG_FORMAT'] },
  keepReports: { variables: ['STORE_MONITOR_KEEP_REPORTS'], defaultText: 'for ever' },
  keepRejectedRows: { variables: ['STORE_MONITOR_KEEP_REJECTED_ROWS'], defaultText: 'for ever' },
  keepPolls: { variables: ['STORE_MONITOR_KEEP_POLLS'], defaultText: 'for ever' },
  traces: { variables: ['OTEL_EXPORTER_OTLP_ENDPOINT'], defaultText: 'nowhere' },
  sessionIdle: { variables: ['STORE_MONITOR_SESSION_IDLE'] },
  sessionLifetime: { variables: ['STORE_MONITOR_SESSION_LIFETIME'] },
  allowedOrigins: { variables: ['STORE_MONITOR_ALLOWED_ORIGINS'], defaultText: 'none' },
  trustedProxies: { variables: ['STORE_MONITOR_TRUSTED_PROXIES'], defaultText: 'none' },
  insecure: { flag: '--insecure', variables: ['STORE_MONITOR_INSECURE'] },
}

export interface SettingDescription extends Source {
  /** In a configuration file. */
  readonly key: Setting
  readonly description: string
  readonly defaultText: string
  /** A value of it, as a person would write it. */
  readonly shown: (value: never) => string
}

/** Every setting, for a person. */
export function describeSettings(): SettingDescription[] {
  return Object.entries(config.shape).map(([setting, schema]) => ({
    defaultText: usualText(schema),
    ...sources[setting as Setting],
    key: setting as Setting,
    description: schema.description ?? '',
    shown: shownBy(schema),
  }))
}

function shownBy(schema: z.ZodType): SettingDescription['shown'] {
  const { shown = String } = (schema.meta() ?? {}) as Partial<Pick<SettingDescription, 'shown'>>
  return shown
}

function usualText(schema: z.ZodType): string {
  const { usual = String(schema.parse(undefined)) } = (schema.meta() ?? {}) as { readonly usual?: string }
  return usual
}

/**
 * Settings from flags, then from the environment, then from a configuration file, then the defaults. Throws an `invalid`
 * AppError that names the setting.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Partial<Record<Setting, string | undefined>>> = {},
  file?: GivenSettings,
): Config {
  const settings = Object.keys(sources) as Setting[]
  const atStart = (setting: Setting) =>
    flags[setting] ?? sources[setting].variables.map((name) => environment[name]).find((text) => text)
  const given = Object.fromEntries(
    settings.flatMap((setting) => {
      const value = atStart(setting) ?? file?.values[setting]
      return value === undefined ? [] : [[setting, value]]
    }),
  )
  const checked = config.safeParse(given)
  if (checked.success) return { ...checked.data, limits: readLimits(environment, file) }
  const issue = checked.error.issues[0]!
  const setting = issue.path[0] as Setting
  const { flag, variables } = sources[setting]
  const places =
    file?.values[setting] !== undefined && atStart(setting) === undefined
      ? file.placeOf(setting)
      : [flag ?? [], variables].flat().join(', ')
  throw new AppError('invalid', `the setting ${setting} (${places}) is "${given[setting]}": ${issue.message}`)
}

function readLimits(
  environment: Readonly<Record<string, string | undefined>>,
  file: GivenSettings | undefined,
): Limits {
  const ofEnvironment = limitNames.map((name) => [name, environment[limitVariable(name)]] as const)
  const given = { ...file?.limits, ...Object.fromEntries(ofEnvironment.filter(([, text]) => text)) }
  const checked = limits.safeParse(given)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]!
  const name = issue.path[0] as keyof Limits
  const place = environment[limitVariable(name)] ? limitVariable(name) : file?.placeOf(`limits.${name}`)
  throw new AppError('invalid', `the limit ${name} (${place}) is "${given[name]}": ${issue.message}`)
}
