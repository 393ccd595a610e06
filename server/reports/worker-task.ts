import type { PartPlan } from '../database/report-plan.ts'
import type { Page } from '../../shared/page.ts'
import type { ReportRow, ReportRowsQuery } from '../../shared/report.ts'
import type { Viewpoint } from '../uptime/store-uptime.ts'

/** What a worker is started with. */
export interface WorkerSetting {
  readonly databaseUrl: string
  readonly workers: number
  /** Instead of as many as there are workers for. */
  readonly storesPerPart: number | undefined
}

/** What the runner asks of a worker: one function of `report-worker.ts` for each. */
export interface WorkerTasks {
  /** Deals the stores into parts and returns those that are to be done. */
  planReport(task: { readonly reportKey: number }): Promise<PartPlan[]>
  /** Judges a part and stores its result; false where the report has been ended by others. */
  generatePart(task: {
    readonly reportKey: number
    readonly part: PartPlan
    readonly viewpoint: Viewpoint
  }): Promise<boolean>
  /** A page of a complete report's rows. */
  pageOfRows(task: { readonly reportKey: number; readonly query: ReportRowsQuery }): Promise<Page<ReportRow>>
}

export type TaskOf<Name extends keyof WorkerTasks> = Parameters<WorkerTasks[Name]>[0]
export type ResultOf<Name extends keyof WorkerTasks> = Awaited<ReturnType<WorkerTasks[Name]>>
