import type { Bench } from './bench.ts'
import { measuredInTurn, type Compared } from './figures.ts'
import { createHttpClient } from './http.ts'
import { askerForStores, requestReport } from './report-bench.ts'

const STORES_IN_A_ROW = 40

export interface ServerAt {
  readonly name: string
  readonly url: string
}

export interface ComparedServers {
  readonly report: Compared
  /** One store's row. */
  readonly store: Compared
  /** The last reports, of ours and of theirs. */
  readonly reportIds: readonly [ours: string, theirs: string]
}

/** What a report takes over HTTP of one server, and one store's row, in turn with those of another. */
export async function comparedServers(
  { data, runs, reportsInARow, warmUps }: Bench,
  url: string,
  other: ServerAt,
  storeRuns = runs,
): Promise<ComparedServers> {
  using ours = createHttpClient(url)
  using theirs = createHttpClient(other.url)
  for (let i = 0; i < warmUps; i++) for (const client of [ours, theirs]) await requestReport(client)
  let ourId = ''
  let theirId = ''
  const report = await measuredInTurn(
    runs,
    async () => void (ourId = await requestReport(ours)),
    { name: other.name, run: async () => void (theirId = await requestReport(theirs)) },
    reportsInARow,
  )
  const { stores } = data
  const ask = await askerForStores(ours, { reportId: ourId, stores })
  const askTheirs = await askerForStores(theirs, { reportId: theirId, stores })
  for (let i = 0; i < STORES_IN_A_ROW; i++) {
    await ask()
    await askTheirs()
  }
  const store = await measuredInTurn(storeRuns, ask, { name: other.name, run: askTheirs }, STORES_IN_A_ROW)
  return { report, store, reportIds: [ourId, theirId] }
}
