/** A thread of reports that connects for as long as a folder has no file `go`, and says in files how far it is. */
import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { answersOf } from '../../server/reports/thread-shell.ts'
import type { WorkerTasks } from '../../server/reports/worker-task.ts'

const answer = answersOf<WorkerTasks>(async ({ databaseUrl: folder }) => {
  writeFileSync(`${folder}/connecting`, '')
  while (!existsSync(`${folder}/go`)) await pause(5)
  writeFileSync(`${folder}/connected`, '')
  return { generateParts: () => Promise.resolve('done') } as unknown as WorkerTasks
})

export const generateParts = answer('generateParts')
