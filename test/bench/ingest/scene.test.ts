import { expect, test } from 'vitest'
import { connect } from '../../../server/database/connect.ts'
import { databaseSummary } from '../../../server/database/poll-week-summary.ts'
import { POLL_WEEK_MS } from '../../../server/uptime/poll-week.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { HOUR_MS } from '../poll-maker.ts'
import { pollText } from './files.ts'
import { createPollStream, makeStartedWeek, storeIdsOf, WEEK } from './scene.ts'

const ids = ['1', '2', '3', '4', '5']

test('polls that come are those of each store, once an hour, in whatever format', () => {
  const json = JSON.parse(createPollStream(ids, 10).next(10, 'json')) as {
    store_id: string
    status: string
    timestamp_utc: string
  }[]
  const hourOf = (at: string) => Math.floor((Date.parse(at) - WEEK * POLL_WEEK_MS) / HOUR_MS)
  const inHour = Map.groupBy(json, ({ timestamp_utc }) => hourOf(timestamp_utc))
  expect([...inHour.keys()]).toEqual([10, 11])
  for (const polls of inHour.values()) expect(polls.map(({ store_id }) => store_id).sort()).toEqual(ids)
  const csv = createPollStream(ids, 10).next(10, 'csv').trim().split('\n').slice(1)
  const lines = json.map(
    ({ store_id, status, timestamp_utc: at }) =>
      `${store_id},${status},${at.slice(0, 10)} ${at.slice(11, -1)} UTC`,
  )
  expect(csv).toEqual(lines)
  expect([...pollText(ids, 10, 10)].join('').trim().split('\n').slice(1)).toEqual(lines)
})

test('a week that has begun ends where the polls begin that come', async () => {
  await using folder = await temporaryFolder()
  const path = folder.file('store-monitor.db')
  await makeStartedWeek(path, ids, 10)
  await using db = await connect(path, { readOnly: true })
  expect(await storeIdsOf(db)).toEqual(ids)
  const { polls, latestPollAt } = await databaseSummary(db)
  expect(polls).toBe(10 * ids.length)
  expect(latestPollAt).toBeLessThan(WEEK * POLL_WEEK_MS + 10 * HOUR_MS)
})
