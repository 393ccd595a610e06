/** The shell of the thread that knows what stores are now: it owns the connection, and tells what became of a task. */
import { connect } from '../database/connect.ts'
import { answersOf } from '../reports/thread-shell.ts'
import type { WorkerSetting } from '../reports/worker-task.ts'
import { createLiveStates } from './live-states.ts'
import type { LiveTasks } from './live-tasks.ts'

async function connectTasks({ databaseUrl, patienceMs }: WorkerSetting): Promise<LiveTasks> {
  const access = patienceMs === undefined ? {} : { patienceMs }
  const states = createLiveStates(
    await connect(databaseUrl, { ...access, readOnly: true, keepsLittle: true }),
  )
  return {
    downStores: (query) => states.down(query),
    changesAfter: ({ batch }) => states.changesAfter(batch),
  }
}

const answer = answersOf<LiveTasks>(connectTasks, { isAwaited: true })

export const downStores = answer('downStores')
export const changesAfter = answer('changesAfter')
