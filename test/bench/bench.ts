import type { Data } from './data.ts'
import type { Spread } from './figures.ts'

/** What the parts of the benchmark have in common. */
export interface Bench {
  readonly data: Data
  /** A folder for the files that a part writes. */
  readonly folder: string
  /** The imported data. */
  readonly databasePath: string
  /** How often each thing is done. */
  readonly runs: number
  readonly importRuns: number
  readonly startRuns: number
  /** undefined where it was not run. */
  readonly duckDb: DuckDbFigures | undefined
}

export interface DuckDbFigures {
  readonly load: Spread
  readonly report: Spread
  /** The totals of its report. */
  readonly totalsPath: string
}

export const MIB = 2 ** 20
