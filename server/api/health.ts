import type { Health } from '../../shared/store.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Principal } from '../access/principal.ts'
import { countLabelled } from '../database/labelled.ts'
import { databaseSummary } from '../database/poll-week-summary.ts'
import type { ApiParts } from './api-parts.ts'

/** What the database has; of a key of groups, their stores are counted and no polls. */
export async function readHealth(
  { db, version }: Pick<ApiParts, 'db' | 'version'>,
  { groups }: Pick<Principal, 'groups'>,
): Promise<Health> {
  const { stores, polls, latestPollAt } = await databaseSummary(db)
  const isKept = groups.length > 0
  return {
    status: 'ok',
    version,
    database: {
      stores: isKept ? await countLabelled(db, groups) : stores,
      polls: isKept ? null : polls,
      latestPollAt: latestPollAt === undefined ? null : formatTimestamp(latestPollAt),
    },
  }
}
