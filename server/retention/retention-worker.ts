/** The thread that deletes what is old: it ends when there is no more, or when it is told anything. */
import { parentPort, workerData } from 'node:worker_threads'
import { stepBehindAnswers } from '../background-thread.ts'
import { connect } from '../database/connect.ts'
import { deleteWhatIsOld } from './retention.ts'
import type { RetentionThreadSetting } from './retention-thread.ts'

async function run(): Promise<void> {
  const { databaseUrl, ...setting } = workerData as RetentionThreadSetting
  let isStopped = false
  parentPort!.once('message', () => (isStopped = true))
  parentPort!.unref()
  stepBehindAnswers()
  await using writing = await connect(databaseUrl, { mayCreate: false })
  await deleteWhatIsOld(setting, { writing, now: Date.now, goesOn: () => !isStopped })
}

void run()
