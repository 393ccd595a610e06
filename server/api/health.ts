import type { Health } from '../../shared/store.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { databaseSummary } from '../database/poll-week-summary.ts'
import type { ApiParts } from './api-parts.ts'

export async function readHealth({ db, version }: ApiParts): Promise<Health> {
  const { stores, polls, latestPollAt } = await databaseSummary(db)
  return {
    status: 'ok',
    version,
    database: {
      stores,
      polls,
      latestPollAt: latestPollAt === undefined ? null : formatTimestamp(latestPollAt),
    },
  }
}
