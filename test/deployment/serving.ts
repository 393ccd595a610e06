import { createStoreMonitorClient } from '../../client/index.ts'
import { startCli, type CliOptions, type RunningCli } from '../support/run-cli.ts'

export interface ServingProcess extends RunningCli {
  readonly url: string
}

/** `store-monitor serve` in a process of its own. */
export async function serving(database: string, port = '0', options?: CliOptions): Promise<ServingProcess> {
  const cli = startCli(['serve', '--port', port, '--database', database, '--workers', '1'], options)
  const [, url = ''] = await cli.said(/listening on (\S+)/)
  return { ...cli, url, [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose]() }
}

/** Asks for a report; its id. */
export async function triggerReport(url: string): Promise<string> {
  const response = await fetch(`${url}/trigger_report`, { method: 'POST' })
  return ((await response.json()) as { report_id: string }).report_id
}

/** Waits until some stores of a report are done, but not all. */
export async function untilUnderWay(url: string, reportId: string): Promise<void> {
  for await (const { state, progress } of createStoreMonitorClient({ url }).watchReport(reportId)) {
    if (state === 'running' && progress.storesDone > 0) return
  }
  throw new Error(`report ${reportId} ended too early: it needs more stores`)
}

/** Waits until a report is complete; its CSV. */
export async function completedCsv(url: string, reportId: string): Promise<string> {
  for await (const { state } of createStoreMonitorClient({ url }).watchReport(reportId)) {
    if (state === 'complete') return (await fetch(`${url}/reports/${reportId}.csv`)).text()
  }
  throw new Error(`report ${reportId} did not complete`)
}

/** A file of polls, of 500 stores. */
export function manyPolls(count: number): string {
  let csv = 'store_id,status,timestamp_utc\n'
  for (let i = 0; i < count; i++) {
    const at = new Date(Date.UTC(2023, 0, 1) + Math.floor(i / 500) * 60_000).toISOString()
    csv += `store-${i % 500},active,${at}\n`
  }
  return csv
}
