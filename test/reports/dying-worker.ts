/** A thread of reports that dies at its task, but not for ever: as often as `workers` says, counted in a file. */
import { appendFileSync, statSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import type { PartsOutcome } from '../../server/database/shared-parts.ts'
import type { TaskOutcome, WorkerSetting } from '../../server/reports/worker-task.ts'

const { databaseUrl: deaths, workers: mostDeaths } = workerData as WorkerSetting

export async function generateParts(): Promise<TaskOutcome<PartsOutcome>> {
  appendFileSync(deaths, '.')
  if (statSync(deaths).size <= mostDeaths) process.exit(1)
  return { type: 'done', result: 'done', startMs: 0, endMs: 0 }
}
