import { spawn } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import { fillDatabase } from '../../support/filled-database.ts'
import { startPostgres } from '../../support/postgres-server.ts'
import type { Bench } from '../bench.ts'
import { compilingOnce } from '../child.ts'
import { createHttpClient, type HttpClient } from '../http.ts'

const NAME = 'store_monitor_nodes_bench'

export interface NodesScene extends AsyncDisposable {
  readonly bench: Bench
  /** Of a database with as many stores, each with 100 polls. */
  readonly url: string
  /** To look at it with. */
  readonly look: pg.Client
  node(options?: NodeOptions): Promise<BenchNode>
}

export interface NodeOptions {
  readonly role?: 'web' | 'worker' | 'all'
  /** By default, that of the scene. */
  readonly url?: string
  readonly config?: string
}

export interface BenchNode extends AsyncDisposable {
  readonly url: string
  readonly client: HttpClient
  kill(signal: NodeJS.Signals): void
}

export async function nodesScene(bench: Bench, stores: number): Promise<NodesScene> {
  await using parts = new AsyncDisposableStack()
  const server = process.env['BENCH_DATABASE_URL'] ?? parts.use(await startPostgres({ durable: true })).url
  await onServer(server, `drop database if exists ${NAME} with (force)`)
  await onServer(server, `create database ${NAME}`)
  parts.defer(() => onServer(server, `drop database if exists ${NAME} with (force)`))
  const url = Object.assign(new URL(server), { pathname: NAME }).href
  await fillDatabase(url, stores)
  const look = new pg.Client({ connectionString: url })
  await look.connect()
  parts.defer(() => look.end())
  await look.query('vacuum analyze')
  const owned = parts.move()
  return {
    bench,
    url,
    look,
    node: (options) => startNode(bench, { url, ...options }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The command as it is published, with one thread for reports. */
async function startNode(
  { programs }: Bench,
  { url, role = 'all', config }: NodeOptions & { readonly url: string },
): Promise<BenchNode> {
  const flags = ['--port', '0', '--workers', '1', '--role', role, '--database', url]
  const file = config === undefined ? [] : ['--config', config]
  const child = spawn(process.execPath, [programs.cli, 'serve', ...flags, ...file], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: compilingOnce,
  })
  const ended = once(child, 'exit')
  const listening = await listensAt(child.stderr)
  const client = createHttpClient(listening)
  return {
    url: listening,
    client,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]()
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function listensAt(stderr: NodeJS.ReadableStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let said = ''
  stderr.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-10_000)
    const [, url] = /listening on (http:\/\/[^\s"]+)/.exec(said) ?? []
    if (url !== undefined) resolve(url)
  })
  stderr.on('end', () => reject(new Error(`a server did not start: ${said}`)))
  return promise
}
