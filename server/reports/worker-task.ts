import { AppError, toAppError } from '../../shared/app-error.ts'
import type { GroupRow } from '../../shared/group.ts'
import type { Page } from '../../shared/page.ts'
import type {
  PeriodGroupRow,
  PeriodGroupsQuery,
  PeriodStores,
  PeriodStoresQuery,
} from '../../shared/period-group.ts'
import type { ListedRowPage, ReportRowsQuery } from '../../shared/report-rows.ts'
import type { ReportSummaryQuery } from '../../shared/report-summary.ts'
import type { ComputedWith } from '../database/computed-with.ts'
import type { PartsOutcome } from '../database/shared-parts.ts'
import { preciseNow } from '../tracing/worked.ts'
import type { KnownOutcome } from './known-outcome.ts'
import type { PartStretch } from './part-size.ts'
import type { PeriodReport } from './period-groups.ts'
import type { Asked } from './asked.ts'
import type { ViewedReport } from './view/viewed-parts.ts'
import type { SummaryFigures } from './view/summary.ts'
import type { RowSums } from './view/sums.ts'
import type { Viewed } from './view/viewer.ts'
import type { PartToVerify, PartVerification } from './verify-part.ts'

/** What a worker is started with. */
export interface WorkerSetting {
  readonly databaseUrl: string
  readonly workers: number
  /** Instead of as many as there are workers for. */
  readonly storesPerPart: number | undefined
  /** For how long a worker waits for the lock of another writer; undefined for as long as others do. */
  readonly patienceMs: number | undefined
  readonly computedWith: ComputedWith
}

/** What every thread is started with. */
export interface ThreadSetting extends WorkerSetting {
  /** The memory of the `ThreadGate` that it connects through. */
  readonly gate: SharedArrayBuffer
}

/** What the runner asks of a worker: one function of `report-worker.ts` for each. */
export interface WorkerTasks {
  /** Deals the stores into parts and returns those that are to be done, in stretches to be done at once. */
  planReport(task: {
    readonly reportKey: number
    readonly asked: Asked
    readonly anew: boolean
  }): Promise<PartStretch[]>
  /** Judges parts and stores their results. */
  generateParts(task: {
    readonly reportKey: number
    readonly parts: PartStretch
    readonly asked: Asked
    readonly known: KnownOutcome
  }): Promise<PartsOutcome>
  /** The last week of the stores of parts by hour of the week, as `hours-of-week.ts` has it. */
  hoursOfWeek(task: { readonly parts: PartStretch; readonly asked: Asked }): Promise<Float64Array>
  /** The groups that a label makes of a complete report by window. */
  groupsOf(task: { readonly reportKey: number; readonly label: string }): Promise<GroupRow[]>
  /** A page of the groups of a complete report by period. */
  pageOfPeriodGroups(task: {
    readonly report: PeriodReport
    readonly query: Omit<PeriodGroupsQuery, 'reportId'>
  }): Promise<Page<PeriodGroupRow>>
  /** The first stores of one in some order. */
  firstPeriodStores(task: {
    readonly report: PeriodReport
    readonly query: Omit<PeriodStoresQuery, 'reportId'>
  }): Promise<Omit<PeriodStores, 'reportId'>>
  /** Computes stores of a complete report again, and compares them with what is stored. */
  verifyPart(task: {
    readonly reportKey: number
    readonly part: PartToVerify
    readonly asked: Asked
  }): Promise<PartVerification>
}

/** What is asked of the thread that complete reports are looked at in: one function of `view-worker.ts` for each. */
export interface ViewTasks {
  /** A page of a report's rows. */
  pageOfRows(task: { readonly viewed: Viewed; readonly query: ReportRowsQuery }): Promise<ListedRowPage>
  /** A report in a few figures. */
  summaryOfRows(task: {
    readonly viewed: Viewed
    readonly query: ReportSummaryQuery
  }): Promise<SummaryFigures>
  /** The sums of rows. */
  sumOfRows(task: { readonly report: ViewedReport; readonly storeId: string | undefined }): Promise<RowSums>
}

/** Tasks by name, each with what it is given. */
export type Tasks<Names> = { readonly [Name in keyof Names]: (task: never) => Promise<unknown> }
export type TaskOf<All extends Tasks<All>, Name extends keyof All> = Parameters<All[Name]>[0]
export type ResultOf<All extends Tasks<All>, Name extends keyof All> = Awaited<ReturnType<All[Name]>>

/** Has a worker do something. */
export type RunTask = <Name extends keyof WorkerTasks>(
  name: Name,
  task: TaskOf<WorkerTasks, Name>,
) => Promise<ResultOf<WorkerTasks, Name>>

/** What a worker answers. An error that is thrown in a thread loses its code on the way to another, so that it is told. */
export type TaskOutcome<Result> = Span & Answered<Result>

/** From when to when it was at it, in epoch milliseconds. */
interface Span {
  readonly startMs: number
  readonly endMs: number
}

type Answered<Result> =
  | { readonly type: 'done'; readonly result: Result }
  | (Pick<AppError, 'code' | 'title' | 'message' | 'stack'> & { readonly type: 'failed' })

/** What a worker answers about its work. */
export async function outcomeOf<Result>(work: Promise<Result>): Promise<TaskOutcome<Result>> {
  const startMs = preciseNow()
  const answered = await answerOf(work)
  return { ...answered, startMs, endMs: preciseNow() }
}

async function answerOf<Result>(work: Promise<Result>): Promise<Answered<Result>> {
  try {
    return { type: 'done', result: await work }
  } catch (error) {
    const { code, title, message } = toAppError(error)
    const stack = error instanceof Error ? error.stack : undefined
    return { type: 'failed', code, title, message, ...(stack === undefined ? {} : { stack }) }
  }
}

/** The result that a worker answered with; throws the AppError where it failed. */
export function resultOf<Result>(outcome: TaskOutcome<Result>): Result {
  if (outcome.type === 'done') return outcome.result
  const { code, title, message, stack } = outcome
  const error = new AppError(code, message, { title })
  if (stack !== undefined) error.stack = stack
  throw error
}
