import type { Data } from './data.ts'
import type { DuckDb } from './duckdb.ts'
import type { Programs } from './package.ts'

/** What the parts of the benchmark have in common. */
export interface Bench {
  readonly data: Data
  readonly programs: Programs
  /** A folder for the files that a part writes. */
  readonly folder: string
  /** The imported data. */
  readonly databasePath: string
  /** How often each thing is done. */
  readonly runs: number
  readonly importRuns: number
  readonly reportsInARow: number
  /** Reports before those that are measured. */
  readonly warmUps: number
  readonly startRuns: number
  /** undefined where its tables would not fit into memory. */
  readonly duckDb: DuckDb | undefined
}

export const MIB = 2 ** 20
