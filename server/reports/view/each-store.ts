import type { Db } from '../../database/connect.ts'
import type { RowTest } from './row-tests.ts'
import { readViewedParts, type ReportParts, type ViewedPart } from './viewed-parts.ts'

/** The stores of a report that pass tests. */
export interface StoresToTake {
  readonly of: ReportParts
  readonly tests: readonly RowTest[]
  readonly withStates: boolean
}

/** Takes them in ascending order of id. */
export async function eachStore(
  db: Db,
  { of, tests, withStates }: StoresToTake,
  take: (part: ViewedPart, store: number) => void,
): Promise<void> {
  for await (const part of readViewedParts(db, of, { withStates })) {
    for (let store = 0; store < part.place.storeCount; store++) {
      if (tests.every((test) => test(part, store))) take(part, store)
    }
  }
}
