/** The thread that deletes what is old: it ends when there is no more, or when it is told anything. */
import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../shared/app-error.ts'
import { stepBehindAnswers } from '../background-thread.ts'
import { connect } from '../database/connect.ts'
import { deleteWhatIsOld } from './retention.ts'
import type { RetentionAnswer, RetentionThreadSetting } from './retention-thread.ts'

async function run(): Promise<RetentionAnswer> {
  const { databaseUrl, ...setting } = workerData as RetentionThreadSetting
  let isStopped = false
  parentPort!.once('message', () => (isStopped = true))
  parentPort!.unref()
  stepBehindAnswers()
  await using writing = await connect(databaseUrl, { mayCreate: false })
  const parts = { writing, now: Date.now, goesOn: () => !isStopped }
  return { type: 'done', run: await deleteWhatIsOld(setting, parts) }
}

async function runAndSay(): Promise<void> {
  const answer = await run().catch((error: unknown): RetentionAnswer => {
    const { code, message } = toAppError(error)
    return { type: 'failed', code, reason: message }
  })
  parentPort!.postMessage(answer, [])
}

void runAndSay()
