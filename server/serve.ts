import { getRequestListener, RequestError, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError, toAppError } from '../shared/app-error.ts'
import { isPostgres } from '../shared/database-url.ts'
import type { Access } from './access/access.ts'
import { isLoopbackAddress } from './access/loopback.ts'
import { usualConfig, type Config, type Role } from './config.ts'
import { removeLeftSpools } from './api/rest/upload-spool.ts'
import { trackConnections } from './connections.ts'
import { guardedServer } from './limits/guarded-server.ts'
import { usualLimits } from './limits/setting.ts'
import type { Happened } from './observe/happened.ts'
import type { Traces } from './observe/traces.ts'
import { createService } from './service.ts'
import type { ServiceSetting } from './service-setting.ts'

/** How long a server takes at most to stop once it has been told to. */
export const STOP_WITHIN_MS = 10_000
/** When, of that time, imports are told to stop, whose callers are then told so, and when open answers are cut. */
const STOP_IMPORTS_AT = 0.7
const CUT_AT = 0.8

/** What a server has to know of the settings: the log belongs to whoever starts it. */
export type ServerConfig = Omit<Config, 'logLevel' | 'logFormat' | MayBeUsual> &
  Partial<Pick<Config, MayBeUsual>>
type MayBeUsual = 'limits' | 'role' | 'sessionIdle' | 'sessionLifetime' | 'allowedOrigins' | 'trustedProxies'

export interface RunningServer extends AsyncDisposable {
  readonly url: string
}

export interface ServerSetting extends Omit<
  ServiceSetting,
  keyof Config | 'mayCreateDatabase' | 'startThreads'
> {
  readonly stopWithinMs?: number
  /** The command that makes the first key. */
  readonly howToMakeKey?: string
}

/**
 * Starts the service and listens. Disposing it lets open answers end (also uploads, and the imports of what they brought)
 * and cuts what has not ended in time; reports stop at the end of the parts that are under way, to be gone on with after
 * the next start; and the database is closed.
 */
export async function startServer(config: ServerConfig, setting: ServerSetting): Promise<RunningServer> {
  const { stopWithinMs = STOP_WITHIN_MS } = setting
  const { limits = usualLimits, role = usualConfig.role } = config
  requireManyServers(role, config.databaseUrl)
  await using parts = new AsyncDisposableStack()
  const { createMetrics } = await import('./observe/metrics.ts')
  const database = isPostgres(config.databaseUrl) ? 'postgresql' : 'sqlite'
  const metrics = createMetrics({ version: setting.version, database })
  const traces = config.traces === undefined ? undefined : parts.use(await tracesTo(config.traces, setting))
  function observe(happened: Happened): void {
    metrics.observe(happened)
    traces?.observe(happened)
    setting.observe?.(happened)
  }
  const service = parts.use(
    await createService({
      ...config,
      ...setting,
      observe,
      metrics,
      startThreads: 'at once',
      ...(traces === undefined ? {} : { workTraces: traces.work }),
    }),
  )
  await requireKeys(service.access, config, setting.howToMakeKey)
  if (setting.oidc !== undefined) requirePublicUrl(config)
  const app = await service.app({
    listensOn: config.host,
    observe,
    isTraced: traces !== undefined,
    insecure: config.insecure,
    allowedOrigins: config.allowedOrigins ?? usualConfig.allowedOrigins,
    answersCallers: role !== 'worker',
  })
  const { errorAnswer, errorText } = await import('./api/error-answer.ts')
  const { isEventStream } = await import('./api/rest/event-stream.ts')
  const serve = getRequestListener(answer, {
    hostname: config.host,
    errorHandler(error) {
      const appError = unreadError(error)
      if (appError.code === 'internal') setting.onError(error)
      return errorAnswer('', appError)
    },
  })
  const server = guardedServer(limits, {
    answer: (request, response) => void serve(request, response),
    errorText,
    trustedProxies: config.trustedProxies,
  })
  const connections = trackConnections(server)
  await listen(server, config)
  parts.defer(async () => {
    service.stopTaking()
    const stopImports = setTimeout(() => service.importer.stop(), stopWithinMs * STOP_IMPORTS_AT)
    await connections.end(stopWithinMs * CUT_AT)
    clearTimeout(stopImports)
  })
  await removeLeftSpools()
  await service.recover()
  if (role !== 'web') {
    await service.asking.start()
    await service.telling.start()
  }
  const { address, family, port } = server.address() as AddressInfo
  const owned = parts.move()
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }

  async function answer(request: Request, bindings: HttpBindings | Http2Bindings): Promise<Response> {
    const response = await app.fetch(request, bindings)
    if (isEventStream(response)) connections.addEventStream(bindings.outgoing as ServerResponse)
    return response
  }
}

/** Why a request never reaches the application: mostly as its Host or its path is none. */
function unreadError(error: unknown): AppError {
  if (!(error instanceof RequestError)) return toAppError(error)
  return new AppError('invalid', `the request is malformed: ${error.message}`)
}

/** Throws where there is nobody to share the work with. */
function requireManyServers(role: Role, databaseUrl: string): void {
  if (role === 'all' || isPostgres(databaseUrl)) return
  throw new AppError(
    'invalid',
    `a server with the role ${role} needs others on the same PostgreSQL: one on SQLite does everything, so leave --role (STORE_MONITOR_ROLE) out`,
  )
}

/** Throws where others than this machine would reach a server that asks nobody for a key. */
async function requireKeys(
  access: Pick<Access, 'asksWho'>,
  { host, insecure }: ServerConfig,
  howToMakeKey = '"store-monitor keys create --name admin --role admin"',
): Promise<void> {
  if (insecure || isLoopbackAddress(host) || (await access.asksWho())) return
  throw new AppError(
    'invalid',
    `${host} is reached by others than this machine, and there is no key: they could read and change everything. ` +
      `Make a key first: ${howToMakeKey}. Or have people sign in at a provider (oidc in the configuration file), or listen on 127.0.0.1, or let everybody in with --insecure (STORE_MONITOR_INSECURE=true)`,
  )
}

/** Throws where the provider could not send browsers back: a Host that others than this machine send could lead anywhere. */
function requirePublicUrl({ host, publicUrl }: ServerConfig): void {
  if (publicUrl !== undefined || isLoopbackAddress(host)) return
  throw new AppError(
    'invalid',
    `people are to sign in at a provider (oidc), which sends them back to where they reach this server, and that is not set: ` +
      'write publicUrl (PUBLIC_URL), such as https://monitor.example.org',
  )
}

async function tracesTo(endpoint: string, { version, onError }: ServerSetting): Promise<Traces> {
  const { createTraces } = await import('./observe/traces.ts')
  return createTraces({ endpoint, version, onError })
}

async function listen(server: Server, { host, port }: ServerConfig): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: 'another program listens there; stop it, or choose another port with --port',
      EACCES: 'this user may not; choose a port above 1023 with --port',
      EADDRNOTAVAIL: 'this machine has no such address; choose another with --host',
    }
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message
    throw new AppError('unavailable', `cannot listen on ${host} port ${port}: ${reason}`, { cause: error })
  }
}
