/** A server on a network of its own is cut off from PostgreSQL, and from nothing else. */
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { fillDatabase } from '../support/filled-database.ts'
import { loopbackServer } from '../support/loopback-server.ts'
import { networkNamespace, whyNoNamespaces } from '../support/network-namespace.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { startCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { databaseType } from '../support/test-database.ts'
import { isRefused } from './outage-scene.ts'
import { completedCsv, manyPolls, triggerReport } from './serving.ts'

const leftOut = databaseType === 'postgres' ? whyNoNamespaces() : undefined
if (leftOut !== undefined)
  process.stderr.write(`left out, as ${leftOut}: test/deployment/partition.test.ts\n`)

/** Until another has done what one was at that is cut off: five seconds, and what it takes then. */
const TAKEN_OVER_MS = 10_000
/** Of all that writes the data, in PostgreSQL. */
const LOCK_CLASS = 0x5707e

describe.skipIf(databaseType !== 'postgres' || leftOut !== undefined)(
  'a server that is cut off from PostgreSQL',
  () => {
    test(
      'answers 503, others take over what it was at, and it comes back by itself',
      { timeout: 120_000 },
      async () => {
        using network = networkNamespace()
        await using folder = await temporaryFolder()
        await using postgres = await startPostgres({ settings: { listen_addresses: '*' } })
        await appendFile(
          join(postgres.data, 'pg_hba.conf'),
          `host all all ${network.databaseNetwork} trust\n`,
        )
        await using look = await connected(postgres.url)
        // What it sees of sessions stays the same within a transaction.
        await using watch = await connected(postgres.url)
        await look.query('select pg_reload_conf()')
        await fillDatabase(postgres.url, 1000)

        // Never answered, so that whoever asked is at it for as long as it lives.
        await using platform = await loopbackServer(() => {}, network.others)
        const askedBy = (path: string, address: string) => () =>
          platform.requests.some(
            ({ url, socket }) => url!.startsWith(path) && socket.remoteAddress === address,
          )
        const config = folder.file('config.yaml')
        await appendFile(
          config,
          `sources: [{name: s, url: '${platform.url}/file', schedule: '0 0 1 1 *', allowPrivate: true}]
pollers: [{name: p, url: '${platform.url}/store/{store_id}', rule: {status: {200: active}}, every: 1h, concurrency: 1, timeout: 5m, allowPrivate: true}]
`,
        )
        const started = async (flags: readonly string[], options = {}) => {
          const cli = startCli(['serve', '--workers', '1', '--config', config, ...flags], options)
          const [, url = ''] = await cli.said(/listening on ([^\s"]+)/)
          return { ...cli, url, [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose]() }
        }
        const far = Object.assign(new URL(postgres.url), { hostname: network.database }).href
        const environment = { PUBLIC_URL: `http://${network.asked}:3000` }
        await using goes = await started(
          ['--host', network.asked, '--port', '3000', '--insecure', '--database', far],
          { within: network.within, environment },
        )
        for (const path of ['/file', '/store/'])
          await expect.poll(askedBy(path, network.asked), { timeout: 10_000 }).toBe(true)
        const expected = await completedCsv(goes.url, await triggerReport(goes.url))

        await look.query('begin')
        await look.query(`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext('data'))`)
        const accepted = await fetch(`${goes.url}/imports?source=kept.csv`, {
          method: 'POST',
          body: manyPolls(1000),
          headers: { prefer: 'respond-async' },
        })
        expect(accepted.status).toBe(202)
        const { importId } = (await accepted.json()) as { importId: number }
        await look.query('lock table poll_week in access exclusive mode')
        const reportId = await triggerReport(goes.url)
        const isAtIt = `select 1 from pg_stat_activity where client_addr << '${network.databaseNetwork}'
          and state = 'idle in transaction' and query like '%report_part%for update%'`
        await expect.poll(async () => (await watch.query(isAtIt)).rowCount).toBeGreaterThan(0)
        network.pull()
        await using stays = await started(['--port', '0', '--database', postgres.url])
        await look.query('rollback')
        const cutAtMs = performance.now()
        expect(await completedCsv(stays.url, reportId)).toBe(expected)
        expect(performance.now() - cutAtMs).toBeLessThan(TAKEN_OVER_MS)

        await expect.poll(() => isRefused(goes.url), { timeout: 30_000 }).toBe(true)
        expect((await fetch(`${goes.url}/livez`)).status).toBe(200)
        for (const path of ['/file', '/store/'])
          await expect.poll(askedBy(path, network.others), { timeout: 30_000 }).toBe(true)
        const stateOf = async () =>
          (await (await fetch(`${stays.url}/imports/${importId}`)).json()) as { state: string }
        await expect.poll(stateOf, { timeout: 30_000 }).toMatchObject({ state: 'complete' })

        network.plug()
        await expect
          .poll(async () => (await fetch(`${goes.url}/readyz`)).status, { timeout: 30_000 })
          .toBe(200)
        const again = await triggerReport(goes.url)
        expect(await completedCsv(goes.url, again)).toBe(await completedCsv(stays.url, again))
      },
    )
  },
)

async function connected(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // its server ends first
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}
