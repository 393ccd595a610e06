import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../../shared/app-error.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import { stepBehindAnswers } from '../../background-thread.ts'
import type { Db } from '../../database/connect.ts'
import { beginImport } from './begin-import.ts'
import type {
  ImporterJob,
  ImporterMessage,
  ImporterRequest,
  ImporterThreadSetting,
} from './importer-message.ts'

const port = parentPort!
const stop = new AbortController()
port.on('message', (request: ImporterRequest) => {
  switch (request.type) {
    case 'import':
      void importAndEnd(request.job)
      break
    case 'stop':
      stop.abort(request.type)
      break
  }
})

function say(message: ImporterMessage): void {
  port.postMessage(message)
}

async function importAndEnd(job: ImporterJob): Promise<void> {
  say(await outcomeOf(job))
  port.close()
}

async function outcomeOf(job: ImporterJob): Promise<ImporterMessage> {
  const { owner, paths, source, maxRejected, columnMap } = job
  const options = {
    owner,
    source,
    maxRejected,
    columnMap,
    now: Date.now,
    signal: stop.signal,
    onProgress: (progress: ImportProgress) => say({ type: 'progress', progress }),
  }
  try {
    await using begun = await beginImport(paths, options)
    // What works on databases is loaded while polls are read.
    const { importBegun } = await import('./import-paths.ts')
    await using parts = new AsyncDisposableStack()
    const db = parts.adopt(await databaseOf(job), (db) => db.destroy())
    return { type: 'finished', outcome: await importBegun(db, begun, options) }
  } catch (error) {
    const { code, message } = toAppError(error)
    return { type: 'failed', code, reason: message }
  }
}

async function databaseOf({ databaseUrl, preparesDatabase }: ImporterJob): Promise<Db> {
  const { connect } = await import('../../database/connect.ts')
  const db = await connect(databaseUrl, { durable: true, mayCreate: preparesDatabase })
  if (!preparesDatabase) return db
  try {
    const { migrateToLatest } = await import('../../database/migrate.ts')
    await migrateToLatest(db)
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}

if ((workerData as ImporterThreadSetting).stepsBehindAnswers) stepBehindAnswers()
