/**
 * A process of its own that gives polls to the thread that writes them, and prints what that took:
 * `pushed.js DATABASE OPTIONS`.
 */
import { connect } from '../../../server/database/connect.ts'
import { createWriter } from '../../../server/ingest/writer/writer.ts'
import { peakBytesOf } from '../peak-memory.ts'
import { writtenBytesOf } from '../written-bytes.ts'
import { foldAll } from './fold-all.ts'
import { createPollStream, storeIdsOf, type Format } from './scene.ts'

export interface PushedOptions {
  readonly polls: number
  readonly batch: number
  /** So many batches are under way at once. */
  readonly atOnce: number
  readonly format: Format
  readonly fromHour: number
}

export interface Pushed {
  readonly ms: number
  readonly cpuMs: number
  /** Of the pushes alone, and with all that is left of the tail in its weeks. */
  readonly writtenBytes: number | undefined
  readonly foldedBytes: number | undefined
  readonly peakBytes: number | undefined
}

const [databaseUrl, options] = process.argv.slice(2)
const { polls, batch, atOnce, format, fromHour } = JSON.parse(options!) as PushedOptions
const reading = await connect(databaseUrl!, { readOnly: true })
const stream = createPollStream(await storeIdsOf(reading), fromHour)
await reading.destroy()
const pusher = createWriter({ databaseUrl: databaseUrl! })

async function push(): Promise<void> {
  const bytes = Uint8Array.from(Buffer.from(stream.next(batch, format)))
  const { changed } = await pusher.push({
    format,
    bytes,
    firstRow: 1,
    source: 'bench',
    takenInAt: Date.now(),
  })
  if (changed !== batch) throw new Error(`of ${batch} polls that are new, ${changed} were`)
}

await push() // the thread starts
const writtenBefore = writtenBytesOf(process.pid)
const cpuBefore = process.cpuUsage()
const start = performance.now()
let left = polls
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while ((left -= batch) >= 0) await push()
  }),
)
const ms = performance.now() - start
await pusher[Symbol.asyncDispose]()
const { user, system } = process.cpuUsage(cpuBefore)
const since = () => {
  const now = writtenBytesOf(process.pid)
  return now === undefined ? undefined : now - writtenBefore!
}
const writtenBytes = since()
// What would be written later: nothing is left out.
const db = await connect(databaseUrl!, { durable: true })
await foldAll(db)
await db.destroy() // SQLite writes its log to the database as the last one closes it
const foldedBytes = since()
const result: Pushed = {
  ms,
  cpuMs: (user + system) / 1000,
  writtenBytes,
  foldedBytes,
  peakBytes: peakBytesOf(process.pid),
}
process.stdout.write(JSON.stringify(result))
