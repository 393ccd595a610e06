import { sql } from 'kysely'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { addPolls } from '../../../../../server/database/add-polls.ts'
import { connect, type Db } from '../../../../../server/database/connect.ts'
import { clusterProblems } from '../../../../../server/database/dialect/postgres/cluster/status.ts'
import { readPollWeeks } from '../../../../../server/database/read-polls.ts'
import { inserterOfStores } from '../../../../../server/database/stores.ts'
import { foldTail } from '../../../../../server/database/tail/fold-tail.ts'
import { tidyTail } from '../../../../../server/database/tail/tidy-tail.ts'
import { writeAlone } from '../../../../../server/database/write-alone.ts'
import { POLL_WEEK_MS, pollWord } from '../../../../../server/uptime/poll-week.ts'
import { storeId } from '../../../../../shared/ids.ts'
import { citusUrl, databasesOfWorkers, makeCluster } from '../../../../support/citus-database.ts'
import { jsonLines, runCli } from '../../../../support/run-cli.ts'
import { localDatabase, testDatabase } from '../../../../support/test-database.ts'

const WEEK = 2800
/** Of many chunks, so that they lie on several machines. */
const storeKeys = Array.from({ length: 12 }, (_, i) => i * 2048 + 1)

async function sceneWithStores() {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  const writing = parts.use(await connect(database.url))
  const reading = parts.use(await connect(database.url, { readOnly: true }))
  await writeAlone(writing, 'data', (tx) =>
    inserterOfStores(tx)(storeKeys.map((key) => ({ store_key: key, store_id: storeId.parse(`s${key}`) }))),
  )
  const owned = parts.move()
  return { url: database.url, writing, reading, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** One more poll of each store; `densePolls` 0 puts them to their week. */
function addPollOfEach(db: Db, hour: number, densePolls?: number): Promise<unknown> {
  const words = Uint32Array.of(pollWord(WEEK * POLL_WEEK_MS + hour * 60_000, true))
  const added = storeKeys.map((storeKey) => ({ week: WEEK, storeKey, words }))
  return writeAlone(db, 'data', (tx) => addPolls(tx, added, undefined, undefined, densePolls))
}

/** How many polls each store has, as one transaction that reads a store at a time sees them. */
function countPolls(db: Db): Promise<number[]> {
  return db.transaction().execute(async (tx) => {
    const counts: number[] = []
    for (const key of storeKeys) {
      const [polls] = await readPollWeeks(tx, [WEEK], [key])
      counts.push(polls!.storeKeys.length === 0 ? 0 : polls!.to[0]! - polls!.from[0]!)
    }
    return counts
  })
}

/** Left out where no coordinator is named. */
describe.runIf(citusUrl !== undefined)('on a real Citus, which CITUS_DATABASE_URL names', () => {
  test('polls that are there are spread, again nothing is done, and the report has the same bytes', async () => {
    await using database = await localDatabase()
    const at = ['--database', database.url]
    await runCli(['import', 'examples/chain', ...at])
    const { stdout: report } = await runCli(['report', '--columns', 'all', ...at])
    expect(report.split('\n').length).toBeGreaterThan(40)
    expect(await runCli(['cluster', 'init', ...at])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('it has no Citus') as unknown,
    })
    await makeCluster(database.url)
    const before = await runCli(['cluster', ...at, '--json'])
    expect(jsonLines(before.stdout)).toMatchObject([{ isSpread: false }])
    const done = await runCli(['cluster', 'init', '--shards', '6', ...at])
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^NODE +STATE +SHARDS/) as unknown,
    })
    expect(done.stderr).toMatch(/^polls are spread over \d+ nodes?, in 6 shards\n$/)
    const again = await runCli(['cluster', 'init', ...at])
    expect(again.stderr).toMatch(/^polls were spread before, over \d+ nodes?, in 6 shards\n$/)
    expect((await runCli(['report', '--columns', 'all', ...at])).stdout).toBe(report)
    await using db = await connect(database.url, { readOnly: true })
    expect(await clusterProblems(db)).toEqual([])
  })

  test('nobody else may be at work on the database while polls are spread, and a worker spreads none', async () => {
    await using scene = await sceneWithStores()
    expect(await runCli(['cluster', 'init', '--database', scene.url])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(/at work on the database, from .*: stop servers and commands/) as unknown,
    })
    const [ofWorker] = await databasesOfWorkers(scene.url)
    expect(await runCli(['cluster', 'init', '--database', ofWorker!])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('it is a worker: name the database of the coordinator') as unknown,
    })
  })

  test('a reader sees what is written to several machines as a whole or not at all', async () => {
    await using scene = await sceneWithStores()
    const hours = Array.from({ length: 60 }, (_, i) => i)
    let isWriting = true
    async function write(): Promise<void> {
      for (const hour of hours) {
        await addPollOfEach(scene.writing, hour, hour % 3 === 2 ? 0 : undefined)
        if (hour % 5 === 1) await tidyTail(scene.writing, 0)
        if (hour % 5 === 3) await writeAlone(scene.writing, 'data', (tx) => foldTail(tx, WEEK, [0, 5, 7]))
      }
      isWriting = false
    }
    const seen = new Set<number>()
    async function read(): Promise<void> {
      while (isWriting) {
        const counts = await countPolls(scene.reading)
        expect(new Set(counts).size).toBe(1)
        seen.add(counts[0]!)
      }
    }
    await Promise.all([write(), read(), read(), read()])
    expect(seen.size).toBeGreaterThan(5)
    expect(new Set(await countPolls(scene.reading))).toEqual(new Set([hours.length]))
  })

  test('a commit that was interrupted on a machine is waited for by readers and writers', async () => {
    await using scene = await sceneWithStores()
    await addPollOfEach(scene.writing, 0)
    const [ofWorker] = await databasesOfWorkers(scene.url)
    const worker = new pg.Client({ connectionString: ofWorker! })
    await worker.connect()
    try {
      await worker.query('begin; create table left_over (); prepare transaction $$citus_0_1_1_1$$')
      const isLeftOver = async () => {
        const { rowCount } = await worker.query(`select from pg_prepared_xacts where gid = 'citus_0_1_1_1'`)
        return rowCount !== 0
      }
      const done = await Promise.all([
        countPolls(scene.reading).then(isLeftOver),
        addPollOfEach(scene.writing, 1).then(isLeftOver),
      ])
      // As Citus takes back what the coordinator knows nothing of.
      expect(done).toEqual([false, false])
    } finally {
      await worker.end()
    }
  })

  test('a commit is counted on each machine, also where all polls are of one', async () => {
    await using scene = await sceneWithStores()
    const committed = async () => {
      const { rows } = await sql<{
        number: number
      }>`select min(number) as number from cluster_commit`.execute(scene.writing)
      return Number(rows[0]!.number)
    }
    const before = await committed()
    await writeAlone(scene.writing, 'data', async (tx) => {
      await addPolls(tx, [
        { week: WEEK, storeKey: 1, words: Uint32Array.of(pollWord(WEEK * POLL_WEEK_MS, true)) },
      ])
    })
    expect(await committed()).toBe(before + 1)
  })
})
