/** A process of its own that imports a folder and prints what that took: `imported.js DATABASE FOLDER`. */
import { connect } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { importPaths } from '../../server/ingest/importing/import-here.ts'
import { peakBytesOf } from './peak-memory.ts'

const [databaseUrl, folder] = process.argv.slice(2)
const db = await connect(databaseUrl!, { durable: true })
await migrateToLatest(db)
const start = performance.now()
const cpuBefore = process.cpuUsage()
const { records } = await importPaths(() => Promise.resolve(db), [folder!], { now: Date.now })
const ms = performance.now() - start
const { user, system } = process.cpuUsage(cpuBefore)
await db.destroy()
const rejected = records.reduce((sum, record) => sum + record.rowsRejected, 0)
process.stdout.write(
  JSON.stringify({ ms, cpuMs: (user + system) / 1000, rejected, peakBytes: peakBytesOf(process.pid) }),
)
