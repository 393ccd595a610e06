import { expect, test, vi } from 'vitest'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { connect } from '../../server/database/connect.ts'
import { skipDigest } from '../../server/database/digests.ts'
import { receiver, secret, verified } from '../support/alert-scene.ts'
import { runningServer } from '../support/running-server.ts'
import { testDatabase } from '../support/test-database.ts'

const HOUR_MS = 3_600_000

test('a server tells what is due by itself, and says that it is there', async () => {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  const hook = parts.use(await receiver())
  const beats = parts.use(await receiver())
  const db = parts.use(await connect(database.url))
  await skipDigest(db, { name: 'all', period: '2020-01-01' }, 0)
  // No feed is waited for so long.
  const at = `${String(new Date(Date.now() - 4 * HOUR_MS).getUTCHours()).padStart(2, '0')}:00`
  const alerts = alertsSetting.parse({
    channels: [{ name: 'hook', type: 'webhook', url: hook.url, secret, allowPrivate: true }],
    digests: [{ name: 'all', channel: 'hook', at }],
    heartbeat: { url: beats.url, allowPrivate: true },
  })
  const server = parts.use(await runningServer({ databaseUrl: database.url, alerts }))
  await vi.waitFor(() => expect(hook.received.length).toBeGreaterThan(0), { timeout: 20_000 })
  expect(verified(hook.received[0]!)).toMatchObject({
    type: 'digest',
    data: { isFeedLate: true, figures: null },
  })
  await vi.waitFor(() => expect(beats.received.length).toBeGreaterThan(0), { timeout: 20_000 })
  expect(beats.received[0]!.request.method).toBe('GET')
  expect(server.errors).toEqual([])
})
