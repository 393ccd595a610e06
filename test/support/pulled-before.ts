import { connect } from '../../server/database/connect.ts'
import { claimSource, endClaim } from '../../server/database/sources.ts'

/** Has sources be as if they were pulled a moment ago: a server does not pull them at once, as it does new ones. */
export async function pulledBefore(databaseUrl: string, ...names: readonly string[]): Promise<void> {
  await using db = await connect(databaseUrl)
  for (const name of names) {
    const claim = { name, owner: 'before', lastAttemptAt: null, at: Date.now(), failures: 0, retryAt: 0 }
    await claimSource(db, claim)
    await endClaim(db, name, 'before', { retry_at: null })
  }
}
