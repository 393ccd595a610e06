/** The thread that maps a file of JSON: it may be large, and its paths may take long. */
import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../../shared/app-error.ts'
import { stepBehindAnswers } from '../../background-thread.ts'
import { mapFile, type MapJob } from './map-file.ts'
import type { MappingMessage } from './map-in-thread.ts'

async function outcome(): Promise<MappingMessage> {
  try {
    await mapFile(workerData as MapJob)
    return { type: 'done' }
  } catch (error) {
    const { code, message } = toAppError(error)
    return { type: 'failed', code, reason: message }
  }
}

stepBehindAnswers()
void outcome().then((message) => parentPort!.postMessage(message, []))
