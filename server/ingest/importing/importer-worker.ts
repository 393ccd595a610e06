import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../../shared/app-error.ts'
import { stepBehindAnswers } from '../../background-thread.ts'
import { connect } from '../../database/connect.ts'
import { importPaths } from './import-paths.ts'
import type { ImporterJob, ImporterMessage, StopMessage } from './importer-message.ts'

const port = parentPort!
const { databaseUrl, owner, paths, source } = workerData as ImporterJob
const stop = new AbortController()
port.on('message', (message: StopMessage) => stop.abort(message.type))

function say(message: ImporterMessage): void {
  port.postMessage(message)
}

async function run(): Promise<ImporterMessage> {
  await using parts = new AsyncDisposableStack()
  try {
    const db = parts.adopt(await connect(databaseUrl, { durable: true }), (db) => db.destroy())
    const outcome = await importPaths(db, paths, {
      owner,
      source,
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

stepBehindAnswers()
say(await run())
port.close()
