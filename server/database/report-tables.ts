import type { ColumnType, Generated } from 'kysely'
import type { CorrectionUse } from '../../shared/correction-kind.ts'
import type { ReportId, StoreId } from '../../shared/ids.ts'
import type { Interpolation } from '../../shared/interpolation.ts'
import type { PeriodUnit } from '../../shared/period-unit.ts'
import type { ReportState } from '../../shared/report-state.ts'

export interface ReportTable {
  report_key: Generated<number>
  report_id: ReportId
  /** Names the request, so that a repeated one is known; null where the caller did not ask for that. */
  request_key: string | null
  state: ReportState
  as_of: number
  /** null where the latest poll was asked for. */
  requested_as_of: number | null
  interpolation: Interpolation
  reach_ms: number
  corrections: ColumnType<CorrectionUse, CorrectionUse | undefined, CorrectionUse>
  /** Of a report by period: by what, and its first and last local date; null otherwise. */
  period: PeriodUnit | null
  since: string | null
  until: string | null
  /** JSON, the labels that its stores have; null for all stores. */
  labels: string | null
  /** 0 until the stores have been dealt into parts. */
  stores_total: number
  stores_done: number
  failure: string | null
  requested_at: number
  started_at: number | null
  finished_at: number | null
  /** What it was computed with: the version of store-monitor, and of the zone database. */
  program_version: ColumnType<string | null, string | null | undefined, string | null>
  zone_data_version: ColumnType<string | null, string | null | undefined, string | null>
}

/** A part of a report: stores that follow each other in `store_id`. */
export interface ReportPartTable {
  report_key: number
  part: number
  first_store_id: StoreId
  /** How many stores it was planned for, and, once it is done, how many it has. */
  store_count: number
  /** Packed as `reports/totals.ts` says; null until the part is done, as is `csv`. */
  totals: ColumnType<Uint8Array, Uint8Array, Uint8Array> | null
  csv: ColumnType<Uint8Array, Uint8Array, Uint8Array> | null
  /** Packed as `reports/states.ts` says; null of a report by period, and where it was stored without. */
  states: ColumnType<Uint8Array | null, Uint8Array | null | undefined, Uint8Array | null>
  csv_bytes: number | null
  /** Of what is stored, to find damage; null where it was stored without. */
  totals_crc32: ColumnType<number | null, number | null | undefined, number | null>
  csv_crc32: ColumnType<number | null, number | null | undefined, number | null>
  /** Packed likewise, the totals without corrections of those stores where they differ; null where there are none. */
  uncorrected: ColumnType<Uint8Array | null, Uint8Array | null | undefined, Uint8Array | null>
  uncorrected_crc32: ColumnType<number | null, number | null | undefined, number | null>
  states_crc32: ColumnType<number | null, number | null | undefined, number | null>
}
