import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../shared/app-error.ts'
import { stepBehindAnswers } from '../background-thread.ts'
import { connect } from '../database/connect.ts'
import { importFiles } from './import-files.ts'
import type { ImportJob, ImportMessage, StopMessage } from './worker-message.ts'

const port = parentPort!
const { databaseUrl, paths, source } = workerData as ImportJob
const stop = new AbortController()
port.on('message', (message: StopMessage) => stop.abort(message.type))

function say(message: ImportMessage): void {
  port.postMessage(message)
}

async function run(): Promise<ImportMessage> {
  await using parts = new AsyncDisposableStack()
  try {
    const db = parts.adopt(await connect(databaseUrl, { durable: true }), (db) => db.destroy())
    const records = await importFiles(db, paths, {
      source,
      now: Date.now,
      signal: stop.signal,
      onProgress: (progress) => say({ type: 'progress', progress }),
    })
    return { type: 'finished', records }
  } catch (error) {
    const { code, message } = toAppError(error)
    return { type: 'failed', code, reason: message }
  }
}

stepBehindAnswers()
say(await run())
port.close()
