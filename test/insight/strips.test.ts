import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listStores } from '../../server/database/stores.ts'
import { readHistory } from '../../server/insight/history.ts'
import { readStrips } from '../../server/insight/strips.ts'
import { historyInput } from '../../shared/history.ts'
import { stripsInput } from '../../shared/store-strip.ts'
import { casesFolder } from '../support/cases.ts'
import { importScene, pollFile, type ImportScene } from '../support/import-scene.ts'

async function sceneOfCase(name: string): Promise<ImportScene> {
  const scene = await importScene()
  await scene.import(join(casesFolder, name), { now: () => Date.UTC(2026, 0, 1) })
  return scene
}

test('a strip has the days that the history of the store has, for every store and viewpoint', async () => {
  await using scene = await sceneOfCase('26-thirty-stores-over-weeks')
  const { items } = await listStores(scene.db, { limit: 100 })
  const storeIds = items.map(({ storeId }) => storeId).toReversed()
  for (const judging of [{}, { corrections: 'ignored', interpolation: 'previous', reach: '90m' }]) {
    const strips = await readStrips(scene.db, stripsInput.parse({ storeIds, ...judging }))
    expect(strips.map(({ storeId }) => storeId)).toEqual(storeIds)
    for (const { storeId, days } of strips) {
      expect(days).toHaveLength(7)
      const dates = { since: days[0]!.date, until: days[6]!.date }
      const query = historyInput.parse({ storeId, by: 'day', ...dates, ...judging })
      const history = await readHistory(scene.db, query)
      expect(days).toEqual(
        history.items.map(({ period, uptimeMs, downtimeMs, unknownMs, excusedMs }) => ({
          date: period,
          uptimeMs,
          downtimeMs,
          unknownMs,
          excusedMs,
        })),
      )
    }
  }
})

test('a strip ends with the local date of the last instant before as_of, in the zone of each store', async () => {
  await using scene = await importScene()
  const zones = 'store_id,timezone_str\nkiritimati,Pacific/Kiritimati\nniue,Pacific/Niue\nutc,UTC\n'
  const polls = pollFile(
    ['kiritimati', 'niue', 'utc'].map((store) => [store, 'active', '2023-01-25 00:00 UTC']),
  )
  await scene.import([
    await scene.write('timezones.csv', zones),
    await scene.write('store_status.csv', polls),
  ])
  const storeIds = ['utc', 'niue', 'kiritimati', 'utc']
  const strips = await readStrips(scene.db, stripsInput.parse({ storeIds, asOf: '2023-01-25T00:00:00Z' }))
  expect(strips.map(({ days }) => [days[0]!.date, days[6]!.date])).toEqual([
    ['2023-01-18', '2023-01-24'],
    ['2023-01-18', '2023-01-24'],
    ['2023-01-19', '2023-01-25'],
    ['2023-01-18', '2023-01-24'],
  ])
  // Niue is at 13:00 of its day then, and Kiritimati at 14:00.
  expect(strips.map(({ days }) => (days[6]!.uptimeMs + days[6]!.unknownMs) / 3_600_000)).toEqual([
    24, 13, 14, 24,
  ])
})

test('a store that is not there is named, and so is a list that is too long', async () => {
  await using scene = await sceneOfCase('01-two-polls-fill-the-morning')
  await expect(readStrips(scene.db, stripsInput.parse({ storeIds: ['s1', 'nowhere'] }))).rejects.toThrow(
    'there is no store "nowhere"',
  )
  const refused = stripsInput.safeParse({ storeIds: Array.from({ length: 101 }, (_, i) => `s${i}`) })
  expect(refused.error!.issues[0]!.message).toBe(
    '1 to 100 stores can be asked for at once: ask for the others in another call',
  )
})
