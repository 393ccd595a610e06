import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listRejectedRows } from '../../../server/database/rejected-rows.ts'
import { getStore } from '../../../server/database/stores.ts'
import type { ImportPathsOptions } from '../../../server/ingest/importing/begin-import.ts'
import { parseColumnMap } from '../../../shared/column-map.ts'
import { importScene, storedPolls, type ImportScene } from '../../support/import-scene.ts'

const cases = join(import.meta.dirname, '../../fixtures/cases')

async function rejections(scene: ImportScene): Promise<string[]> {
  const { items } = await listRejectedRows(scene.db, { limit: 1000 })
  return items.map(({ line, reason }) => `${line}: ${reason}`)
}

/** Imports a file of these lines: rows that changed something, repeated and rejected ones. */
async function imported(
  scene: ImportScene,
  content: readonly string[] | Uint8Array,
  options?: Partial<ImportPathsOptions>,
): Promise<number[]> {
  const path = await scene.write('x.csv', content instanceof Uint8Array ? content : content.join('\n'))
  const [record] = await scene.import(path, options)
  return [record!.rowsChanged, record!.rowsRepeated, record!.rowsRejected]
}

describe('files as people have them', () => {
  const rows = [
    'sep=;',
    'Store ID;Status; Timestamp UTC ;note',
    ' a ;Online;2023-01-24 10:00 UTC;"x; y"',
    '"a" ; offline ;2023-01-24T11:00Z;',
    'a;UP; 2023-01-24 12:00:00 UTC ;"two',
    'lines"',
    'a;broken;2023-01-24 13:00:00 UTC;',
    'b;down;2023-01-24 12:00:00 UTC;',
  ]
  const polls = [
    'a active 2023-01-24T10:00:00Z',
    'a inactive 2023-01-24T11:00:00Z',
    'a active 2023-01-24T12:00:00Z',
    'b inactive 2023-01-24T12:00:00Z',
  ]
  const text = rows.join('\r\n')
  const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16()

  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte-order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, little end first', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16, big end first', swapped(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
    ['UTF-16 without a mark, little end first', Buffer.from(text, 'utf16le')],
    ['UTF-16 without a mark, big end first', swapped(Buffer.from(text, 'utf16le'))],
    ['with tabs', Buffer.from(text.replaceAll(';', '\t'))],
    ['with tabs, and none said', Buffer.from(`\n${text.slice('sep=;\r\n'.length).replaceAll(';', '\t')}`)],
  ])('are read: %s', async (_, bytes) => {
    await using scene = await importScene()
    for (const blockBytes of [64, 1 << 16]) {
      const [changed, repeated, rejected] = await imported(scene, bytes, { blockBytes })
      expect([changed! + repeated!, rejected]).toEqual([4, 1])
    }
    expect(await storedPolls(scene.db)).toEqual(polls)
    const reason = 'status "broken" is neither active nor inactive'
    expect(await rejections(scene)).toEqual([`7: ${reason}`, `7: ${reason}`])
  })

  test('columns of other names are mapped', async () => {
    await using scene = await importScene()
    const columnMap = parseColumnMap(['store_id=Outlet', 'timestamp_utc=Seen at', 'status=Is it up?'])
    const lines = ['Seen at,Outlet,Is it up?', '2023-01-24 10:00 UTC,a,up']
    expect(await imported(scene, lines, { columnMap })).toEqual([1, 0, 0])
    expect(await storedPolls(scene.db)).toEqual(['a active 2023-01-24T10:00:00Z'])
  })

  test('times of the twelve-hour clock are times', async () => {
    await using scene = await importScene()
    const lines = [
      'store_id,Day of week,start_time_local,end_time_local',
      'a,0,9:00,12:30 PM',
      'a,0, 1:00 pm ,12:00 AM',
      'a,1,12:00 AM,13:00 PM',
    ]
    expect(await imported(scene, lines)).toEqual([2, 0, 1])
    expect(await getStore(scene.db, 'a')).toMatchObject({
      businessHours: [
        { day: 0, start: '09:00:00', end: '12:30:00' },
        { day: 0, start: '13:00:00', end: '00:00:00' },
      ],
    })
    expect(await rejections(scene)).toEqual([
      expect.stringMatching(/^4: end_time_local "13:00 PM" is not a local time \(/),
    ])
  })
})

describe('rules with versions', () => {
  const hours = 'store_id,day,start_time_local,end_time_local,valid_from'

  test('rows with valid_from replace the version of that instant, those without all', async () => {
    await using scene = await importScene()
    const span = (start: string, end: string) => ({ day: 0, start: `${start}:00`, end: `${end}:00` })
    const lines = [
      hours,
      'a,0,09:00,17:00,',
      'a,0,10:00,18:00,2023-01-01 00:00:00 UTC',
      'a,0,11:00,19:00,2023-02-01T00:00+01:00',
      'b,0,09:00,17:00,soon',
    ]
    expect(await imported(scene, lines)).toEqual([3, 0, 1])
    expect(await imported(scene, lines)).toEqual([0, 3, 1])
    expect(await imported(scene, [hours, 'a,0,12:00,13:00,2023-01-01 00:00 UTC'])).toEqual([1, 0, 0])
    expect(await getStore(scene.db, 'a')).toMatchObject({
      businessHoursVersions: [
        { validFrom: null, spans: [span('09:00', '17:00')] },
        { validFrom: '2023-01-01T00:00:00Z', spans: [span('12:00', '13:00')] },
        { validFrom: '2023-01-31T23:00:00Z', spans: [span('11:00', '19:00')] },
      ],
    })
    expect(await imported(scene, [hours, 'a,0,08:00,09:00,'])).toEqual([1, 0, 0])
    expect(await getStore(scene.db, 'a')).toMatchObject({
      businessHoursVersions: [{ validFrom: null, spans: [span('08:00', '09:00')] }],
    })
    expect((await rejections(scene))[0]).toMatch(
      /^5: valid_from "soon" is not an instant: write .*, or nothing$/,
    )
  })

  test('of zones the last row of an instant counts', async () => {
    await using scene = await importScene()
    const lines = [
      'valid_from,timezone,store_id',
      ',America/Denver,a',
      '2023-01-01T00:00Z,Asia/Tokyo,a',
      ',america/new_york,a',
      '2023-01-01 00:00:00.0009 UTC,UTC,a',
    ]
    expect(await imported(scene, lines)).toEqual([2, 2, 0])
    expect(await getStore(scene.db, 'a')).toMatchObject({
      timezone: 'UTC',
      timezoneVersions: [
        { validFrom: null, timezone: 'America/New_York' },
        { validFrom: '2023-01-01T00:00:00Z', timezone: 'UTC' },
      ],
    })
  })

  test('a chain has one schedule', async () => {
    await using scene = await importScene()
    const ofStore = (store: string) => [
      `${store},0,09:00,17:00,`,
      `${store},0,10:00,18:00,2023-01-01 00:00:00 UTC`,
    ]
    const lines = [hours, ...ofStore('a'), ...ofStore('b').reverse(), ...ofStore('c')]
    expect(await imported(scene, lines)).toEqual([6, 0, 0])
    expect(await scene.db.selectFrom('schedule').selectAll().execute()).toHaveLength(1)
  })

  test('hours that changed: all rows are taken', async () => {
    await using scene = await importScene()
    const records = await scene.import(join(cases, '17-hours-that-changed'))
    expect(records.map(({ kind, rowsRejected }) => [kind, rowsRejected])).toEqual([
      ['timezones', 0],
      ['business-hours', 0],
      ['polls', 0],
    ])
  })
})

describe('special hours', () => {
  const header = 'store_id,date,start_time_local,end_time_local'

  test('are the spans of a date, or none, and replace those of the dates that a file names', async () => {
    await using scene = await importScene()
    const lines = [
      header,
      'a,2022-12-25,,',
      'a,2022-12-26,2:00 PM,24:00',
      'a,2022-12-26,10:00,12:00',
      'a,2022-12-26,,',
      'a,2022-12-31,9:00,12:00',
    ]
    expect(await imported(scene, lines)).toEqual([5, 0, 0])
    expect(await imported(scene, [header, 'a,2022-12-31,,', 'a,2023-01-01,,'])).toEqual([2, 0, 0])
    expect(await imported(scene, [header, 'a,2023-01-01, ,'])).toEqual([0, 1, 0])
    expect(await getStore(scene.db, 'a')).toMatchObject({
      specialHours: [
        { date: '2022-12-25', spans: [] },
        {
          date: '2022-12-26',
          spans: [
            { start: '10:00:00', end: '12:00:00' },
            { start: '14:00:00', end: '24:00:00' },
          ],
        },
        { date: '2022-12-31', spans: [] },
        { date: '2023-01-01', spans: [] },
      ],
    })
  })

  test.each([
    ['a,2022-02-30,,', 'date "2022-02-30" is not a date of the calendar (YYYY-MM-DD)'],
    ['a,26.12.2022,,', 'date "26.12.2022" is not a date of the calendar'],
    ['a,2022-12-26,9,10', 'start_time_local "9" is not a local time'],
    ['a,2022-12-26,24:00,10:00', 'start_time_local "24:00" is not a local time'],
    ['a,2022-12-26,09:00,', 'end_time_local is empty, and start_time_local is not: write both, or neither'],
    ['a,2022-12-26,,09:00', 'start_time_local is empty, and end_time_local is not'],
    [',2022-12-26,,', 'store_id "" is not'],
  ])('%s is rejected', async (row, reason) => {
    await using scene = await importScene()
    await imported(scene, [header, row])
    expect(await rejections(scene)).toEqual([expect.stringContaining(`2: ${reason}`)])
  })
})

describe('corrections', () => {
  const header = 'store_id,from_utc,to_utc,kind,reason,author'
  const stored = (scene: ImportScene) =>
    scene.db
      .selectFrom('correction')
      .innerJoin('store', 'store.store_key', 'correction.store_key')
      .select(['store_id', 'from_at', 'to_at', 'kind', 'reason', 'author', 'revoked_at'])
      .orderBy('store_id')
      .execute()

  test('go in once, however often they are given', async () => {
    await using scene = await importScene()
    const lines = [
      header,
      'b,2023-01-01T00:00Z,2023-01-02 00:00:00 UTC,Closed,"Water, in\nthe cellar",',
      'a,2023-01-01T00:00Z,2023-01-02T00:00Z,wrong-data,probe was broken,Ann',
      'a,2023-01-01 00:00 UTC,2023-01-02T01:00+01:00,wrong-data,probe was broken,Ann',
    ]
    expect(await imported(scene, lines)).toEqual([2, 1, 0])
    expect(await imported(scene, lines)).toEqual([0, 3, 0])
    const time = { from_at: Date.UTC(2023, 0, 1), to_at: Date.UTC(2023, 0, 2), revoked_at: null }
    expect(await stored(scene)).toEqual([
      { store_id: 'a', ...time, kind: 'wrong-data', reason: 'probe was broken', author: 'Ann' },
      { store_id: 'b', ...time, kind: 'closed', reason: 'Water, in\nthe cellar', author: null },
    ])
  })

  test('need no author', async () => {
    await using scene = await importScene()
    const lines = [
      'reason,kind,to_utc,from_utc,store_id',
      'flood,closed,2023-01-02T00:00Z,2023-01-01T00:00Z,a',
    ]
    expect(await imported(scene, lines)).toEqual([1, 0, 0])
  })

  test.each([
    ['a,soon,2023-01-02T00:00Z,closed,flood,', 'from_utc "soon" is not an instant: write'],
    ['a,2023-01-01T00:00Z,later,closed,flood,', 'to_utc "later" is not an instant: write'],
    [
      'a,2023-01-02T00:00Z,2023-01-02T00:00Z,closed,flood,',
      'from_utc "2023-01-02T00:00Z" is not before to_utc "2023-01-02T00:00Z"',
    ],
    [
      'a,2023-01-01T00:00Z,2023-01-02T00:00Z,shut,flood,',
      'kind "shut" is none of closed, excused, wrong-data',
    ],
    ['a,2023-01-01T00:00Z,2023-01-02T00:00Z,closed, ,', 'reason is empty: say why'],
    [
      `a,2023-01-01T00:00Z,2023-01-02T00:00Z,closed,${'x'.repeat(1001)},`,
      `reason "${'x'.repeat(100)}…" has 1001 characters, and may have 1000`,
    ],
    ['a,2023-01-01T00:00Z,2023-01-02T00:00Z,closed,a\0b,', 'reason "a\uFFFDb" has control characters in it'],
    ['a b,2023-01-01T00:00Z,2023-01-02T00:00Z,closed,flood,', 'store_id "a b" is not'],
  ])('%s is rejected', async (row, reason) => {
    await using scene = await importScene()
    await imported(scene, [header, row])
    expect(await rejections(scene)).toEqual([expect.stringContaining(`2: ${reason}`)])
  })
})

describe('store details', () => {
  test('are a name, and labels that further columns name', async () => {
    await using scene = await importScene()
    const lines = [
      'City,Store ID,Name,Delivery Platform,',
      'Bonn,a,x,,',
      'Berlin,a,Berlin Mitte, Uber Eats ,ignored',
      'Bonn,b,,,',
    ]
    expect(await imported(scene, lines)).toEqual([2, 1, 0])
    expect(await getStore(scene.db, 'a')).toMatchObject({
      name: 'Berlin Mitte',
      labels: { city: 'Berlin', delivery_platform: 'Uber Eats' },
    })
    expect(await getStore(scene.db, 'b')).toMatchObject({ name: null, labels: { city: 'Bonn' } })
  })

  test('a newer file replaces what it names', async () => {
    await using scene = await importScene()
    await imported(scene, ['store_id,name,city,chain', 'a,A,Bonn,Soup', 'b,B,Bonn,Soup'])
    expect(await imported(scene, ['store_id,name,city', 'a,A,', 'b,B,Bonn'])).toEqual([1, 1, 0])
    expect(await getStore(scene.db, 'a')).toMatchObject({ name: 'A', labels: { chain: 'Soup' } })
    expect(await getStore(scene.db, 'b')).toMatchObject({ labels: { city: 'Bonn', chain: 'Soup' } })
  })

  test.each([
    ['store_id,name,City,city', /the columns "City" and "city" are the same label: keep one of them/],
    ['store_id,name,a=b', /the column "a=b" cannot be a label: rename it/],
    [
      ['store_id', 'name', ...Array.from({ length: 101 }, (_, i) => `l${i}`)].join(),
      /has 101 columns of labels, and may have 100/,
    ],
  ])('the header %.40s is refused', async (header, message) => {
    await using scene = await importScene()
    await expect(imported(scene, [header, header])).rejects.toThrow(message)
  })
})

test('a file as a spreadsheet saves it has one wrong row', async () => {
  await using scene = await importScene()
  const folder = join(cases, '25-as-a-spreadsheet-saves-it')
  expect(readFileSync(join(folder, 'business_hours.csv')).subarray(0, 2).toString('hex')).toBe('fffe')
  const records = await scene.import(folder)
  expect(records.map(({ kind, rowsAccepted, rowsRejected }) => [kind, rowsAccepted, rowsRejected])).toEqual([
    ['store-details', 2, 0],
    ['timezones', 2, 0],
    ['business-hours', 2, 1],
    ['polls', 4, 0],
  ])
  expect(await rejections(scene)).toEqual([
    expect.stringMatching(/^4: end_time_local "13:00 PM" is not a local time/),
  ])
})

test('of special days two rows are wrong', async () => {
  await using scene = await importScene()
  await scene.import(join(cases, '18-special-days'))
  expect(await rejections(scene)).toEqual([
    expect.stringMatching(/^7: date "2022-02-30" is not a date of the calendar/),
    expect.stringMatching(/^8: start_time_local "9" is not a local time/),
  ])
})
