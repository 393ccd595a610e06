import { join } from 'node:path'
import { connect } from '../../server/database/connect.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import { lastStoreKey } from '../../server/database/store-ids.ts'
import { createLatestPolls } from '../../server/database/tail/latest-polls.ts'
import { splitTail } from '../../server/database/tail/split-tail.ts'
import { mostSmallPolls } from '../../server/database/tail/tail-row.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import { comparedServers } from './compared-servers.ts'
import { END_MS } from './data.ts'
import { spreadOf, type Figure } from './figures.ts'
import { removeDatabase } from './import-bench.ts'
import { createRandom } from './random.ts'
import { startBenchServer } from './server.ts'
import { foldAll } from './ingest/fold-all.ts'
import type { Bench } from './bench.ts'
import { copyOf } from './ingest/ingest-scene.ts'

/** Short of what is folded, and of what is dealt out to chunks. */
const POLLS_OF_STORE = 23
const SMALL_ROWS = 127
const TURN_MS = 10 * 60_000

/** What a report takes while as much is in the tail as ever is, against the same polls in their weeks. */
export async function benchTail(bench: Bench): Promise<Figure[]> {
  const { folder, databasePath, programs, runs } = bench
  const full = copyOf(databasePath, join(folder, 'full-tail.db'))
  await fillTail(full)
  const folded = copyOf(full, join(folder, 'folded-tail.db'))
  const db = await connect(folded)
  await foldAll(db)
  await db.destroy()
  const compared = async () => {
    await using server = await startBenchServer(programs, full)
    await using foldedServer = await startBenchServer(programs, folded)
    return await comparedServers(
      bench,
      server.url,
      { name: 'folded', url: foldedServer.url },
      Math.max(runs, 5),
    )
  }
  const { report, store } = await compared()
  removeDatabase(full)
  removeDatabase(folded)
  return [
    { name: 'report with a full tail', unit: 'ms', ...report, goal: { of: 'ratio', most: 1.35 } },
    { name: "one store's row with a full tail", unit: 'ms', ...store },
    {
      name: "one store's row, longer with a full tail by",
      unit: 'ms',
      ours: spreadOf([Math.max(0, store.ours.median - store.baseline!.value.median)]),
      goal: { of: 'figure', most: 1 },
    },
  ]
}

/**
 * Polls of each store after those that there are, before the week ends, dealt out as pushes are, and those that are not dealt
 * out yet.
 */
async function fillTail(path: string): Promise<void> {
  const db = await connect(path)
  const stores = await lastStoreKey(db)
  const latest = createLatestPolls()
  const week = pollWeekOf(END_MS)
  const atOnce = mostSmallPolls(stores) - 1
  const random = createRandom(1)
  const add = (storeKeys: readonly number[], ms: number) =>
    writeAlone(db, 'data', (tx) =>
      addPolls(
        tx,
        storeKeys.map((storeKey) => ({ week, storeKey, words: Uint32Array.of(pollWord(ms, true)) })),
        latest,
      ),
    )
  for (let turn = 1; turn <= POLLS_OF_STORE; turn++) {
    const slices = Math.ceil(stores / atOnce)
    const sliceOf = Array.from({ length: stores }, () => Math.floor(random() * slices))
    for (let slice = 0; slice < slices; slice++) {
      const some = [...sliceOf.keys()].filter((store) => sliceOf[store] === slice)
      await add(
        some.map((store) => store + 1),
        END_MS + turn * TURN_MS + slice,
      )
      await writeAlone(db, 'data', (tx) => splitTail(tx, week))
    }
  }
  for (let row = 1; row <= SMALL_ROWS; row++) {
    const some = new Set(
      Array.from({ length: Math.floor(atOnce / SMALL_ROWS) }, () => 1 + Math.floor(random() * stores)),
    )
    await add(
      [...some].sort((a, b) => a - b),
      END_MS + (POLLS_OF_STORE + 1) * TURN_MS + row,
    )
  }
  await db.destroy()
}
