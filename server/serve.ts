import { createAdaptorServer } from '@hono/node-server'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../shared/app-error.ts'
import type { Config } from './config.ts'
import { createService, type ServiceSetting } from './service.ts'

/** How long open responses may take to end once the server has been told to stop. */
export const STOP_WITHIN_MS = 10_000

export interface RunningServer extends AsyncDisposable {
  readonly url: string
}

/**
 * Starts the service and listens. Disposing it ends open responses within `STOP_WITHIN_MS`, stops reports at the end
 * of the parts that are under way, to be gone on with after the next start, and closes the database.
 */
export async function startServer(
  config: Config,
  setting: Omit<ServiceSetting, keyof Config>,
): Promise<RunningServer> {
  await using parts = new AsyncDisposableStack()
  const service = parts.use(await createService({ ...config, ...setting }))
  const server = createAdaptorServer({ fetch: service.app.fetch, hostname: config.host }) as Server
  await listen(server, config)
  parts.defer(() => stopListening(server))
  await service.recover()
  const { address, family, port } = server.address() as AddressInfo
  const owned = parts.move()
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function listen(server: Server, { host, port }: Config): Promise<void> {
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

async function stopListening(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const timer = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS)
  await closed
  clearTimeout(timer)
}
