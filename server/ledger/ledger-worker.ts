/** The shell of the thread that looks for incidents: it owns the connections, and tells what became of a task. */
import { connect } from '../database/connect.ts'
import { answersOf } from '../reports/thread-shell.ts'
import type { WorkerSetting } from '../reports/worker-task.ts'
import { createIncidentWatch, type IncidentWatch } from './incident-watch.ts'
import type { LedgerTasks } from './ledger-tasks.ts'

async function connectTasks({ databaseUrl, patienceMs }: WorkerSetting): Promise<LedgerTasks> {
  const access = patienceMs === undefined ? {} : { patienceMs }
  const reading = await connect(databaseUrl, { ...access, readOnly: true, keepsLittle: true })
  const writing = await connect(databaseUrl, { ...access, mayCreate: false, checkpoints: false })
  let watch: IncidentWatch | undefined
  return {
    async look({ setting }) {
      watch ??= createIncidentWatch({ reading, writing, setting, now: Date.now })
      return (await watch.look()) ?? null
    },
    async release() {
      await watch?.release()
    },
  }
}

const answer = answersOf<LedgerTasks>(connectTasks)

export const look = answer('look')
export const release = answer('release')
