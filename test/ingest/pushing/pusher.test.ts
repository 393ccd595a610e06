import { expect, test } from 'vitest'
import { connect } from '../../../server/database/connect.ts'
import { createWriter } from '../../../server/ingest/writer/writer.ts'
import { usualLimits } from '../../../server/limits/setting.ts'
import type { Push } from '../../../server/ingest/pushing/push-message.ts'
import { storedPolls } from '../../support/import-scene.ts'
import { testDatabase } from '../../support/test-database.ts'

function pushOf(store: string): Push {
  const poll = { store_id: store, status: 'active', timestamp_utc: '2026-10-05T12:00:00Z' }
  const bytes = new Uint8Array(Buffer.from(JSON.stringify([poll])))
  return { format: 'json', bytes, firstRow: 1, source: 'test', takenInAt: Date.parse('2026-10-05T12:00:00Z') }
}

test('refuses what there is no room for, writes the rest, and ends when that is done', async () => {
  await using database = await testDatabase()
  const pusher = createWriter({
    databaseUrl: database.url,
    limits: { ...usualLimits, pushesWaitingBytes: 200 },
  })
  const pushes = ['a', 'b', 'c'].map((store) => pusher.push(pushOf(store)))
  const answers = Promise.allSettled(pushes)
  const ended = pusher[Symbol.asyncDispose]()
  expect(await answers).toMatchObject([
    { status: 'fulfilled', value: { accepted: 1 } },
    { status: 'fulfilled', value: { accepted: 1 } },
    { status: 'rejected', reason: { code: 'busy' } },
  ])
  await ended
  await expect(pusher.push(pushOf('d'))).rejects.toMatchObject({ code: 'unavailable' })
  await using db = await connect(database.url, { readOnly: true })
  expect(await storedPolls(db)).toEqual(['a active 2026-10-05T12:00:00Z', 'b active 2026-10-05T12:00:00Z'])
})

test('what the database cannot take is told, and the thread goes on', async () => {
  await using database = await testDatabase()
  await using pusher = createWriter({ databaseUrl: `${database.url}-nowhere` })
  for (const store of ['a', 'b']) {
    await expect(pusher.push(pushOf(store))).rejects.toMatchObject({ name: 'AppError' })
  }
})
