/**
 * A process of its own that puts a file of polls into a database and prints what that took: as the program does, or as it
 * would without a tail, each store's poll into its week: `hourly.js DATABASE FILE tail|weeks`.
 */
import { addPolls } from '../../../server/database/add-polls.ts'
import { connect, type Db } from '../../../server/database/connect.ts'
import { keysOfStores } from '../../../server/database/stores.ts'
import { createLatestPolls } from '../../../server/database/tail/latest-polls.ts'
import { writeAlone } from '../../../server/database/write-alone.ts'
import { findFiles } from '../../../server/ingest/importing/find-files.ts'
import { importPaths } from '../../../server/ingest/importing/import-here.ts'
import { createPollRows } from '../../../server/ingest/rows/poll-rows.ts'
import { readRows } from '../../../server/ingest/rows/read-rows.ts'
import { writtenBytesOf } from '../written-bytes.ts'

export interface Hourly {
  readonly ms: number
  readonly cpuMs: number
  readonly writtenBytes: number | undefined
}

const [databaseUrl, path, where] = process.argv.slice(2)
const db = await connect(databaseUrl!, { durable: true })
const writtenBefore = writtenBytesOf(process.pid)
const cpuBefore = process.cpuUsage()
const start = performance.now()
if (where === 'tail') await importPaths(() => Promise.resolve(db), [path!], { now: Date.now })
else await importIntoWeeks(db)
const ms = performance.now() - start
await db.destroy()
const { user, system } = process.cpuUsage(cpuBefore)
const writtenNow = writtenBytesOf(process.pid)
const result: Hourly = {
  ms,
  cpuMs: (user + system) / 1000,
  writtenBytes: writtenNow === undefined ? undefined : writtenNow - writtenBefore!,
}
process.stdout.write(JSON.stringify(result))

async function importIntoWeeks(db: Db): Promise<void> {
  await using found = await findFiles([path!])
  const { file, header } = found.files[0]!
  if (header.kind !== 'polls') throw new Error(`${path} has no polls`)
  await using read = await readRows(file, header, createPollRows(header, Date.now()), {
    rowsPerStep: 8_000_000,
  })
  for (const step of read.steps) {
    const polls = await step.prepare()
    await writeAlone(db, 'data', async (tx) => {
      const keys = await keysOfStores(tx, polls.storeIds)
      const added = Array.from(polls.weeks, (week, i) => ({
        week,
        storeKey: keys[polls.storeOfWeek[i]!]!,
        words: polls.words.subarray(polls.starts[i], polls.starts[i]! + polls.lengths[i]!),
      }))
      added.sort((a, b) => a.week - b.week || a.storeKey - b.storeKey)
      await addPolls(tx, added, createLatestPolls(), undefined, 1)
    })
  }
}
