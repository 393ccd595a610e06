import { expect, test } from 'vitest'
import { recordFailed } from '../../server/alerts/record-outcome.ts'
import type { OutboxRow } from '../../server/database/outbox-events.ts'
import { alertScene, anEvent } from '../support/alert-scene.ts'

test('a message of more incidents than a function takes arguments can fail, and is tried again', async () => {
  await using scene = await alertScene()
  await scene.record(['chat'], anEvent('a'))
  const row = await scene.db
    .updateTable('outbox')
    .set({ attempts: 1, claimed_by: 'me' })
    .returningAll()
    .executeTakeFirstOrThrow()
  const { kind, at, payload } = { ...anEvent('a'), payload: '{}' }
  const others = Array.from({ length: 150_000 }, (_, i): OutboxRow => ({
    ...row,
    outbox_key: row.outbox_key + 1 + i,
    attempts: 2,
    kind,
    at,
    payload,
  }))
  const parts = {
    writing: scene.db,
    channels: ['chat'],
    people: new Set(['chat']),
    owner: 'me',
    now: () => scene.nowMs,
    random: () => 0.5,
    observe() {},
    onNotice() {},
  }
  const rows = [{ ...row, kind, at, payload }, ...others] as const
  await recordFailed(parts, { messageId: row.message_id, channel: 'chat', rows }, new Error('no'))
  expect(await scene.db.selectFrom('outbox').select(['due_at', 'claimed_by']).execute()).toEqual([
    { due_at: scene.nowMs + 5000, claimed_by: null },
  ])
})
