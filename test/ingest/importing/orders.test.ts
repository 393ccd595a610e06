import { describe, expect, test } from 'vitest'
import type { Db } from '../../../server/database/connect.ts'
import { readOrders } from '../../../server/database/orders.ts'
import { listRejectedRows } from '../../../server/database/rejected-rows.ts'
import { readRevenue } from '../../../server/database/store-revenue.ts'
import { keyOfStore } from '../../../server/database/stores.ts'
import { POLL_WEEK_MS } from '../../../server/uptime/poll-week.ts'
import { storeId } from '../../../shared/ids.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { importScene, type ImportScene } from '../../support/import-scene.ts'

const header = 'order_id,store_id,ordered_at_utc,amount,currency'
const HOUR_MS = 3_600_000

async function imported(scene: ImportScene, lines: readonly string[]): Promise<number[]> {
  const [record] = await scene.import(await scene.write('x.csv', lines.join('\n')))
  return [record!.rowsChanged, record!.rowsRepeated, record!.rowsRejected]
}

async function rejections(scene: ImportScene): Promise<string[]> {
  const { items } = await listRejectedRows(scene.db, { limit: 1000 })
  return items.map(({ line, reason }) => `${line}: ${reason}`)
}

/** The hours of a store that somebody has spoken of: how many orders, and what they came to. */
async function hoursOf(db: Db, id: string): Promise<string[]> {
  const storeKey = await keyOfStore(db, storeId.parse(id))
  const weeks = (await readOrders(db, [storeKey], 0, 4000)).get(storeKey) ?? new Map<number, never>()
  return Array.from(weeks).flatMap(([week, { counts, hundredths }]) =>
    Array.from(counts).flatMap((count, hour) => {
      const at = formatTimestamp(week * POLL_WEEK_MS + hour * HOUR_MS).slice(5, 13)
      return count < 0 ? [] : [`${at}: ${count} ${hundredths[hour]! / 100}`]
    }),
  )
}

describe('orders', () => {
  const lines = [
    header,
    '1,a,2023-01-25 22:10 UTC,12.50,eur',
    '2,a,2023-01-26T01:59:59.999Z,7.5,EUR',
    '3,a,2023-01-26T02:20:00+01:00,-2.5,',
    '4,b,2023-01-25T23:00Z,100,',
  ]
  const ofA = ['01-25T22: 1 12.5', '01-25T23: 0 0', '01-26T00: 0 0', '01-26T01: 2 5']

  test('are kept by store and hour, also over the end of a UTC week, and the hours without any', async () => {
    await using scene = await importScene()
    expect(await imported(scene, lines)).toEqual([4, 0, 0])
    expect(await hoursOf(scene.db, 'a')).toEqual(ofA)
    expect(await hoursOf(scene.db, 'b')).toEqual([
      '01-25T22: 0 0',
      '01-25T23: 1 100',
      '01-26T00: 0 0',
      '01-26T01: 0 0',
    ])
    const storeKey = await keyOfStore(scene.db, storeId.parse('a'))
    expect((await readRevenue(scene.db, [storeKey])).get(storeKey)).toEqual({
      currency: 'EUR',
      given: undefined,
    })
  })

  test('do not double, however often they are given', async () => {
    await using scene = await importScene()
    await imported(scene, lines)
    expect(await imported(scene, lines)).toEqual([0, 4, 0])
    expect(await hoursOf(scene.db, 'a')).toEqual(ofA)
  })

  test('of a later file take the place of those of its hours; an hour at its ends that has less is taken for cut', async () => {
    await using scene = await importScene()
    await imported(scene, lines)
    const later = [
      header,
      '3,a,2023-01-26T01:20Z,-2.5,',
      '5,a,2023-01-26T03:20Z,1,',
      '6,a,2023-01-26T03:30Z,2,',
    ]
    expect(await imported(scene, later)).toEqual([3, 0, 0])
    expect(await hoursOf(scene.db, 'a')).toEqual([...ofA, '01-26T02: 0 0', '01-26T03: 2 3'])
    // What was taken back since is not there any more.
    const again = [
      header,
      '1,a,2023-01-25 22:10 UTC,12.50,',
      '6,a,2023-01-26T03:30Z,2,',
      '7,a,2023-01-26T04:00Z,1,',
    ]
    await imported(scene, again)
    expect(await hoursOf(scene.db, 'a')).toEqual([
      '01-25T22: 1 12.5',
      '01-25T23: 0 0',
      '01-26T00: 0 0',
      '01-26T01: 0 0',
      '01-26T02: 0 0',
      '01-26T03: 1 2',
      '01-26T04: 1 1',
    ])
  })

  test('may have decimal commas where these do not separate fields', async () => {
    await using scene = await importScene()
    expect(await imported(scene, ['store_id;ordered_at_utc;amount', 'a;2023-01-26T00:20Z;1234,56'])).toEqual([
      1, 0, 0,
    ])
    expect(await hoursOf(scene.db, 'a')).toEqual(['01-26T00: 1 1234.56'])
  })

  test.each([
    ['1,a,soon,1,', 'ordered_at_utc "soon" is not an instant: write'],
    ['1,a,2033-01-26T00:20Z,1,', 'ordered_at_utc "2033-01-26T00:20Z" is more than 24 hours after now'],
    ['1,a,1960-01-26T00:20Z,1,', 'ordered_at_utc "1960-01-26T00:20Z" is before 1970'],
    ['1,a,2023-01-26T00:20Z,"1,234.5",', 'amount "1,234.5" is not an amount: write one such as 12.50'],
    ['1,a,2023-01-26T00:20Z,$12,', 'amount "$12" is not an amount'],
    ['1,a,2023-01-26T00:20Z,,', 'amount "" is not an amount'],
    ['1,a,2023-01-26T00:20Z,1,Euro', 'currency "Euro" is not one: write three letters'],
    ['1,a,2023-01-26T00:20Z,1,USD', "currency USD is not EUR, which the store's orders before it have"],
    ['1,,2023-01-26T00:20Z,1,', 'store_id "" is not'],
  ])('%s is rejected', async (row, reason) => {
    await using scene = await importScene()
    expect(await imported(scene, [header, '0,a,2023-01-26T00:20Z,1,EUR', row])).toEqual([1, 0, 1])
    expect(await rejections(scene)).toEqual([expect.stringContaining(`3: ${reason}`)])
  })

  test('of more than 400 days are refused, as a year is wrong', async () => {
    await using scene = await importScene()
    const lines = [header, '1,a,2013-01-26T00:20Z,1,', '2,a,2023-01-26T00:20Z,1,']
    await expect(imported(scene, lines)).rejects.toThrow(
      /orders of 2013-01-26T00:00:00Z and of 2023-.* 400 days/,
    )
    expect(await scene.db.selectFrom('store').selectAll().execute()).toEqual([])
  })
})

describe('what people say that stores take', () => {
  const given = async ({ db }: ImportScene, id: string) => {
    const storeKey = await keyOfStore(db, storeId.parse(id))
    return (await readRevenue(db, [storeKey])).get(storeKey)!
  }

  test('is one average, or is of hours of the week, and takes the place of what was said of them before', async () => {
    await using scene = await importScene()
    const lines = [
      'store_id,day,hour,revenue_per_hour,currency',
      'a,,,85.5,usd',
      'b,0,9,100,',
      'b,6,23,50,',
      'c,1,0,7,',
      'c,,,2,',
    ]
    expect(await imported(scene, lines)).toEqual([5, 0, 0])
    expect(await imported(scene, lines)).toEqual([0, 5, 0])
    expect(await given(scene, 'a')).toEqual({ currency: 'USD', given: [8550] })
    const ofB = Array.from({ length: 168 }, (_, hour) => (hour === 9 ? 10_000 : hour === 167 ? 5000 : null))
    expect(await given(scene, 'b')).toEqual({ currency: null, given: ofB })
    const ofC = Array.from({ length: 168 }, (_, hour) => (hour === 24 ? 700 : 200))
    expect(await given(scene, 'c')).toEqual({ currency: null, given: ofC })
    expect(await imported(scene, ['store_id,revenue_per_hour', 'a,90', 'b,1'])).toEqual([2, 0, 0])
    expect(await given(scene, 'a')).toEqual({ currency: 'USD', given: [9000] })
    expect(await given(scene, 'b')).toEqual({ currency: null, given: [100] })
  })

  test.each([
    ['a,7,9,1,', 'day "7" is none: write 0 (Monday) to 6 (Sunday), or neither day nor hour'],
    ['a,0,24,1,', 'hour "24" is none: write 0 to 23'],
    ['a,,9,1,', 'day "" is none'],
    ['a,0,9,-1,', 'revenue_per_hour "-1" is less than nothing'],
    ['a,0,9,much,', 'revenue_per_hour "much" is not an amount'],
  ])('%s is rejected', async (row, reason) => {
    await using scene = await importScene()
    const lines = ['store_id,day,hour,revenue_per_hour,currency', row, 'b,,,1,']
    expect(await imported(scene, lines)).toEqual([1, 0, 1])
    expect(await rejections(scene)).toEqual([expect.stringContaining(`2: ${reason}`)])
  })
})
