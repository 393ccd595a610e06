import type { ParquetRows } from './poll-parquet.ts'
import type { PackedPolls } from './packed-polls.ts'
import type { WantedPolls, WantedStores } from '../database/wanted-polls.ts'
import type { Page } from '../../shared/page.ts'
import type { ListedPoll, PollListQuery } from '../../shared/poll.ts'

/** What a Parquet file begins with. */
export const parquetMagic = 'PAR1'

/** What a file of polls is made of. */
export interface ExportPlan {
  readonly parts: readonly WantedStores[]
  /** When the first and the last poll that is meant may be; undefined where there are none. */
  readonly time: { readonly firstMs: number; readonly lastMs: number } | undefined
}

/** What the threads that read polls for others are asked: one function of `export-worker.ts` for each. */
export interface ExportTasks {
  planPolls(wanted: WantedPolls): Promise<ExportPlan>
  readPolls(task: { readonly stores: WantedStores; readonly wanted: WantedPolls }): Promise<PackedPolls>
  writePolls(task: { readonly polls: PackedPolls; readonly format: 'csv' | 'ndjson' }): Promise<Uint8Array>
  writeParquet(polls: PackedPolls): Promise<ParquetRows>
  endParquet(rows: readonly Pick<ParquetGroup, 'length' | 'group'>[]): Promise<Uint8Array>
  pageOfPolls(query: PollListQuery): Promise<Page<ListedPoll>>
}

export interface ParquetGroup {
  readonly length: number
  readonly group: ParquetRows['group']
}
