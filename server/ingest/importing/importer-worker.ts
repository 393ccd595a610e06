import { parentPort } from 'node:worker_threads'
import { toAppError } from '../../../shared/app-error.ts'
import { stepBehindAnswers } from '../../background-thread.ts'
import { connect } from '../../database/connect.ts'
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

async function outcomeOf({ databaseUrl, owner, paths, source }: ImporterJob): Promise<ImporterMessage> {
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
