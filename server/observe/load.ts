import type { Db } from '../database/connect.ts'
import { dialectOf, type DatabaseSize } from '../database/dialect/dialect.ts'
import { latestPollAt } from '../database/poll-week-summary.ts'
import { readWatched } from '../database/incident-watch.ts'
import { countMessages } from '../database/outbox.ts'
import { storeCount } from '../database/store-ids.ts'
import { countOpenTold } from '../database/told-incidents.ts'
import { readTotals, type Totals } from '../database/totals.ts'
import { keptTotals, type KeptTotals } from '../database/uploads.ts'

/** What a process has to do, and the threads that do it. */
export interface Load {
  readonly reports: { readonly waiting: number; readonly underWay: number }
  readonly imports: number
  readonly pushes: number
  readonly pushedBytes: number
  /** By what they do. */
  readonly threads: Readonly<Record<'reports' | 'views' | 'live' | 'exports', number>>
}

/** What there is in a database, without reading it. */
export interface DatabaseMeasures extends Totals, DatabaseSize {
  readonly stores: number
  readonly uploads: KeptTotals
  readonly latestPollAt: number | undefined
  /** Messages of alerts that are to be delivered, and that were given up. */
  readonly alertMessages: Readonly<Record<'waiting' | 'dead', number>>
  /** How many incidents are open as far as was told, by condition. */
  readonly openIncidents: ReadonlyMap<string, number>
  /** The data time up to which it was looked for incidents; undefined where nobody does. */
  readonly lookedUpToMs: number | undefined
}

export async function measureDatabase(db: Db): Promise<DatabaseMeasures> {
  return {
    ...(await readTotals(db)),
    ...(await dialectOf(db).size(db)),
    stores: await storeCount(db),
    uploads: await keptTotals(db),
    latestPollAt: await latestPollAt(db),
    alertMessages: await countMessages(db),
    openIncidents: await countOpenTold(db),
    lookedUpToMs: (await readWatched(db)).dataTimeMs,
  }
}
