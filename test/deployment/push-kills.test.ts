import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { connect } from '../../server/database/connect.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { storedPolls } from '../support/import-scene.ts'
import { testDatabase } from '../support/test-database.ts'
import { serving } from './serving.ts'

const KILLS = 5
const PUSHERS = 8
/** Of each push: so many that the tail is split and folded again and again. */
const POLLS = 40
const firstMs = Date.parse('2026-10-05T00:00:00Z')

/** Pushes polls of a store, one after the other, until the server is gone; how many were said to be safe, and how many sent. */
async function pushUntilGone(url: string, store: string, sentBefore: number) {
  let acknowledged = sentBefore
  for (let sent = sentBefore; ; sent += POLLS) {
    const polls = Array.from({ length: POLLS }, (_, i) => ({
      store_id: store,
      status: 'active',
      timestamp_utc: new Date(firstMs + (sent + i) * 1000).toISOString(),
    }))
    try {
      const response = await fetch(`${url}/polls`, { method: 'POST', body: JSON.stringify(polls) })
      if (!response.ok) throw new Error(await response.text())
      expect(await response.json()).toMatchObject({ accepted: POLLS })
      acknowledged = sent + POLLS
    } catch {
      return { acknowledged, sent: sent + POLLS }
    }
  }
}

test(
  'a server that is killed while polls are pushed has all that it said were safe, each once',
  { timeout: 120_000 },
  async () => {
    await using database = await testDatabase()
    const stores = Array.from({ length: PUSHERS }, (_, i) => `s${i}`)
    let pushed = stores.map(() => ({ acknowledged: 0, sent: 0 }))
    for (let kill = 0; kill < KILLS; kill++) {
      await using server = await serving(database.url)
      const pushing = stores.map((store, i) => pushUntilGone(server.url, store, pushed[i]!.acknowledged))
      // Not before something was written, and at another moment each time.
      const client = createStoreMonitorClient(server)
      const least = pushed.reduce((sum, { acknowledged }) => sum + acknowledged, 0) + POLLS * (3 + 17 * kill)
      while ((await client.health.query()).database.polls < least) await new Promise(setImmediate)
      server.kill('SIGKILL')
      pushed = await Promise.all(pushing)

      await using db = await connect(database.url, { readOnly: true })
      const polls = await storedPolls(db)
      expect(await databaseSummary(db)).toMatchObject({ polls: polls.length })
      const count = (store: string) => polls.filter((poll) => poll.startsWith(`${store} `)).length
      for (const [i, store] of stores.entries()) {
        const { acknowledged, sent } = pushed[i]!
        // Written as a whole or not at all, whether or not anybody was told.
        expect([acknowledged, sent]).toContain(count(store))
      }
    }
  },
)
