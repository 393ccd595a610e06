import { parentPort } from 'node:worker_threads'
import { toAppError } from '../../../shared/app-error.ts'
import { stepBehindAnswers } from '../../background-thread.ts'
import { connect, type Db } from '../../database/connect.ts'
import { importPaths } from './import-paths.ts'
import type { ImporterJob, ImporterMessage, ImporterRequest } from './importer-message.ts'

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
  try {
    await using parts = new AsyncDisposableStack()
    const opened = () => databaseOf(job).then((db) => parts.adopt(db, (db) => db.destroy()))
    const outcome = await importPaths(opened, paths, {
      owner,
      source,
      maxRejected,
      columnMap,
      now: Date.now,
      signal: stop.signal,
      onProgress: (progress) => say({ type: 'progress', progress }),
    })
    return { type: 'finished', outcome }
  } catch (error) {
    const { code, message } = toAppError(error)
    return { type: 'failed', code, reason: message }
  }
}

async function databaseOf({ databaseUrl, preparesDatabase }: ImporterJob): Promise<Db> {
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

stepBehindAnswers()
