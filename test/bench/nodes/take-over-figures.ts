import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { loopbackServer } from '../../support/loopback-server.ts'
import { tcpProxy } from '../../support/tcp-proxy.ts'
import { spreadOf, type Figure } from '../figures.ts'
import { post } from '../http.ts'
import type { BenchNode, NodesScene } from './nodes-scene.ts'

const RUNS = 5
/** Fewer, as each waits for a claim to run out. */
const JOB_RUNS = 3
const LOOK_EVERY_MS = 5
/** So far is the database, each way, so that both are at parts for long enough to be seen at them. */
const AWAY_MS = 15

/** How soon another does what one that goes was at. */
export async function takeOverFigures(scene: NodesScene): Promise<Figure[]> {
  const killed = await timesOfParts(scene, 'SIGKILL')
  const frozen = await timesOfParts(scene, 'SIGSTOP')
  const jobs = await timesOfJobs(scene)
  return [
    takeOver('a part after SIGKILL', killed, 1000),
    takeOver('a part after SIGSTOP', frozen, 10_000),
    takeOver('a source after SIGKILL', jobs.source, 15_000),
    takeOver('a poller after SIGKILL', jobs.poller, 15_000),
  ]
}

function takeOver(what: string, times: readonly number[], most: number): Figure {
  const name = `nodes: take-over of ${what}`
  return { name, unit: 'ms', ours: spreadOf(times), goal: { of: 'figure', most } }
}

/** Until all parts that one which goes was at are another's, or done by it. */
async function timesOfParts(scene: NodesScene, signal: 'SIGKILL' | 'SIGSTOP'): Promise<number[]> {
  const times: number[] = []
  await using parts = new AsyncDisposableStack()
  const far = parts.use(await tcpProxy(scene.url, { delayMs: AWAY_MS }))
  const stays = parts.use(await scene.node({ url: named(far.urlOf(scene.url), 'stays') }))
  for (let run = 0; run < RUNS; run++) {
    await using goes = await scene.node({ url: named(far.urlOf(scene.url), 'goes') })
    await post(stays.client, '/trigger_report')
    await until(
      async () => (await partsOf(scene, 'goes')).length > 0 && (await partsOf(scene, 'stays')).length > 0,
    )
    goes.kill('SIGSTOP')
    const goneAt = performance.now()
    // What was on its way when it stopped has arrived after this.
    await delay(AWAY_MS * 2)
    const its = await partsOf(scene, 'goes')
    if (signal === 'SIGKILL') goes.kill('SIGKILL')
    await until(async () => !(await partsOf(scene, 'goes')).some((part) => its.includes(part)))
    times.push(performance.now() - goneAt)
    await until(async () => (await unfinished(scene)) === 0)
  }
  return times
}

function named(url: string, name: string): string {
  const changed = new URL(url)
  changed.searchParams.set('application_name', name)
  return changed.href
}

/** The parts that one which is called so has locked: the transaction that did is in the row. */
async function partsOf({ look }: NodesScene, name: string): Promise<string[]> {
  const { rows } = await look.query<{ part: string }>(
    `select p.report_key || ' ' || p.part as part from report_part p
     join pg_locks l on l.transactionid = p.xmax and l.locktype = 'transactionid' and l.mode = 'ExclusiveLock'
     join pg_stat_activity a on a.pid = l.pid
     where p.csv_bytes is null and a.application_name = $1`,
    [name],
  )
  return rows.map(({ part }) => part)
}

async function unfinished({ look }: NodesScene): Promise<number> {
  const { rows } = await look.query<{ count: number }>(
    "select count(*)::int as count from report where state in ('queued', 'running')",
  )
  return rows[0]!.count
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(LOOK_EVERY_MS)
}

/** Until another asks for what one which is killed had asked for. */
async function timesOfJobs(scene: NodesScene): Promise<{ source: number[]; poller: number[] }> {
  const times = { source: [] as number[], poller: [] as number[] }
  for (let run = 0; run < JOB_RUNS; run++) {
    for (const kind of ['source', 'poller'] as const) times[kind].push(await timeOfJob(scene, kind, run))
  }
  return times
}

async function timeOfJob(scene: NodesScene, kind: 'source' | 'poller', run: number): Promise<number> {
  let asked = Promise.withResolvers<void>()
  // Never answered, so that whoever asked is at it for as long as it lives.
  await using platform = await loopbackServer(() => asked.resolve())
  const config = join(scene.bench.folder, `${kind}.yaml`)
  const name = `${kind}-${run}`
  const source = `{name: ${name}, url: '${platform.url}', schedule: '0 0 1 1 *', allowPrivate: true}`
  const poller = `{name: ${name}, url: '${platform.url}/{store_id}', rule: {status: {200: active}}, every: 1h, concurrency: 1, timeout: 5m, allowPrivate: true}`
  await writeFile(config, kind === 'source' ? `sources: [${source}]\n` : `pollers: [${poller}]\n`)
  const servers: BenchNode[] = [await scene.node({ config })]
  try {
    await asked.promise
    servers.push(await scene.node({ config }))
    asked = Promise.withResolvers()
    servers[0]!.kill('SIGKILL')
    const killedAt = performance.now()
    await asked.promise
    return performance.now() - killedAt
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]()
  }
}
