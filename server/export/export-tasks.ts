import type { Page } from '../../shared/page.ts'
import type { ListedPoll, PollListQuery } from '../../shared/poll.ts'
import { storeIdPattern } from '../../shared/store-id-pattern.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Db } from '../database/connect.ts'
import { noCursor } from '../database/cursor.ts'
import { firstPollAt } from '../database/first-poll.ts'
import { latestPollAt } from '../database/poll-week-summary.ts'
import {
  planWantedPolls,
  readNextPolls,
  readWantedPolls,
  type PollPlace,
  type WantedPolls,
} from '../database/wanted-polls.ts'
import { isActive, offsetOf, POLL_WEEK_MS } from '../uptime/poll-week.ts'
import type { ExportPlan, ExportTasks } from './export-task.ts'
import { packPolls } from './packed-polls.ts'
import { linesOfPolls, lineForms } from './poll-lines.ts'

/** So many are read at once, on average: fewer take longer to begin than to read. */
const POLLS_AT_ONCE = 100_000

/** What a thread does for those who want polls, with a connection of its own. */
export function createExportTasks(db: Db): ExportTasks {
  return {
    planPolls: async (wanted) => ({
      parts: await planWantedPolls(db, wanted, POLLS_AT_ONCE),
      time: await timeOf(db, wanted),
    }),
    readPolls: async ({ stores, wanted }) => packPolls(await readWantedPolls(db, stores, wanted)),
    writePolls: ({ polls, format }) => Promise.resolve(linesOfPolls(polls, lineForms[format])),
    // Its writer is loaded where one is asked for.
    async writeParquet(polls) {
      const { parquetRows } = await import('./poll-parquet.ts')
      return parquetRows(polls)
    },
    async endParquet(rows) {
      const { parquetEnd } = await import('./poll-parquet.ts')
      return parquetEnd(rows)
    },
    pageOfPolls: (query) => pageOfPolls(db, query),
  }
}

async function timeOf(db: Db, { from, to }: WantedPolls): Promise<ExportPlan['time']> {
  const firstMs = from ?? (await firstPollAt(db))
  const lastMs = to === undefined ? await latestPollAt(db) : to - 1
  return firstMs === undefined || lastMs === undefined || firstMs > lastMs ? undefined : { firstMs, lastMs }
}

async function pageOfPolls(db: Db, { limit, cursor, ...wanted }: PollListQuery): Promise<Page<ListedPoll>> {
  const runs = await readNextPolls(db, wanted, placeOfCursor(cursor, wanted), limit + 1)
  const items: ListedPoll[] = []
  for (const { storeId, week, words } of runs) {
    for (const word of words) {
      if (items.length === limit) return { items, nextCursor: cursorOf(items.at(-1)!) }
      const status = isActive(word) ? 'active' : 'inactive'
      items.push({ storeId, status, timestampUtc: formatTimestamp(week * POLL_WEEK_MS + offsetOf(word)) })
    }
  }
  return { items, nextCursor: null }
}

function cursorOf({ storeId, timestampUtc }: ListedPoll): string {
  return `${storeId}@${Date.parse(timestampUtc)}`
}

function placeOfCursor(cursor: string | undefined, wanted: WantedPolls): PollPlace {
  if (cursor === undefined) return undefined
  const [storeId = '', ms = ''] = cursor.split('@')
  if (!storeIdPattern.test(storeId) || !/^-?\d{1,15}$/.test(ms)) throw noCursor(cursor, 'a list of polls')
  const isOfAnother = wanted.storeId !== undefined && wanted.storeId !== storeId
  if (isOfAnother) throw noCursor(cursor, `a list of the polls of "${wanted.storeId}"`)
  return { storeId: storeId as StoreId, atMs: Number(ms) }
}
