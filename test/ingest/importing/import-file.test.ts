import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect } from '../../../server/database/connect.ts'
import { listImports } from '../../../server/database/imports.ts'
import { listRejectedRows } from '../../../server/database/rejected-rows.ts'
import { getStore } from '../../../server/database/stores.ts'
import type { ImportPathsOptions } from '../../../server/ingest/importing/begin-import.ts'
import { importPaths } from '../../../server/ingest/importing/import-here.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { refuseRows } from '../../support/refuse-rows.ts'
import { runsOnDatabase } from '../../support/test-database.ts'
import {
  importScene,
  noon,
  pollFile,
  storedData,
  storedPolls,
  type ImportScene,
} from '../../support/import-scene.ts'

const cases = join(import.meta.dirname, '../../fixtures/cases')

async function rejections(scene: ImportScene): Promise<string[]> {
  const { items } = await listRejectedRows(scene.db, { limit: 1000 })
  return items.map(({ line, reason }) => `${line}: ${reason}`)
}

async function counts(
  scene: ImportScene,
  path: string,
  options?: Partial<ImportPathsOptions>,
): Promise<number[][]> {
  const records = await scene.import(path, options)
  return records.map((record) => [
    record.rowsAccepted,
    record.rowsChanged,
    record.rowsRepeated,
    record.rowsRejected,
  ])
}

describe('importing polls', () => {
  test('the last row of a store and millisecond counts', async () => {
    await using scene = await importScene()
    await scene.import(join(cases, '11-last-one-wins/store_status.csv'))
    expect(await storedPolls(scene.db)).toEqual([
      's1 inactive 2023-01-24T10:00:00Z',
      's1 inactive 2023-01-24T11:00:00Z',
      's1 active 2023-01-24T12:00:00Z',
    ])
  })

  test('ids are text: numbers beyond what a double holds stay apart', async () => {
    await using scene = await importScene()
    await scene.import(join(cases, '15-every-store-has-a-row'))
    const stores = await scene.db.selectFrom('store').select('store_id').orderBy('store_id').execute()
    expect(stores.map((store) => store.store_id)).toEqual([
      '00017c6a-7a77-4a95-bb2d-40647868aff6',
      '8419537941919820732',
      '9007199254740992',
      '9007199254740993',
      'only-hours',
      'only-zone',
    ])
  })

  test('new stores get the next keys in ascending order of id', async () => {
    await using scene = await importScene()
    const at = '2023-01-24 10:00:00 UTC'
    await scene.import(
      await scene.write(
        '1.csv',
        pollFile([
          ['m', 'active', at],
          ['b', 'active', at],
        ]),
      ),
    )
    await scene.import(
      await scene.write(
        '2.csv',
        pollFile([
          ['z', 'active', at],
          ['a', 'active', at],
          ['b', 'active', at],
        ]),
      ),
    )
    const stores = await scene.db
      .selectFrom('store')
      .select(['store_key', 'store_id'])
      .orderBy('store_key')
      .execute()
    expect(stores.map((store) => `${store.store_key} ${store.store_id}`)).toEqual([
      '1 b',
      '2 m',
      '3 a',
      '4 z',
    ])
  })

  test('messy files: each bad row is kept with its line and reason, the others count', async () => {
    await using scene = await importScene()
    const records = await scene.import(join(cases, '16-messy-files'))
    expect(records.map(({ kind, rowsAccepted, rowsRejected }) => [kind, rowsAccepted, rowsRejected])).toEqual(
      [
        ['timezones', 0, 1],
        ['business-hours', 1, 3],
        ['polls', 3, 5],
      ],
    )
    expect(await rejections(scene)).toEqual([
      '4: status "asleep" is neither active nor inactive',
      expect.stringMatching(/^5: timestamp_utc "yesterday" is not an instant: write .*UTC/),
      expect.stringMatching(/^6: timestamp_utc "2023-13-01 00:00:00 UTC" is not an instant/),
      expect.stringMatching(/^7: store_id "" is not 1 to 128 letters/),
      expect.stringMatching(/^8: store_id "=1\+1" is not 1 to 128 letters/),
      '3: day "7" is not 0 to 6 (0 is Monday)',
      expect.stringMatching(/^4: start_time_local "25:00" is not a local time/),
      expect.stringMatching(/^5: start_time_local "x" is not a local time/),
      '2: timezone_str "Mars/Olympus" is not an IANA time zone',
    ])
    expect(await storedPolls(scene.db)).toEqual([
      's1 active 2023-01-22T12:00:00Z',
      's1 inactive 2023-01-22T12:30:00Z',
      's1 active 2023-01-22T13:00:00.500Z',
    ])
  })

  test('rows with too few or too many fields, or broken quotes, are rejected with their text', async () => {
    await using scene = await importScene()
    const lines = [
      'store_id,status,timestamp_utc',
      's1,active',
      's1,active,2023-01-24 10:00:00 UTC,what?',
      's1,"active,2023-01-24 10:00:00 UTC',
      's\0,active,2023-01-24 10:00:00 UTC',
      's2,active,2023-01-24 10:00:00 UTC',
    ]
    await scene.import(await scene.write('polls.csv', lines.join('\r\n')))
    const { items } = await listRejectedRows(scene.db, { limit: 10 })
    expect(items.map(({ line, reason, text }) => [line, reason.slice(0, 40), text])).toEqual([
      [2, 'the row has 2 fields, the header 3', lines[1]],
      [3, 'the row has 4 fields, the header 3', lines[2]],
      [4, 'a quoted field is opened and not closed ', lines[3]],
      [5, 'store_id "s\uFFFD" is not 1 to 128 letters, d', lines[4]!.replace('\0', '\uFFFD')],
    ])
    expect(await storedPolls(scene.db)).toHaveLength(1)
  })

  test('a column that is not read may have line breaks', async () => {
    await using scene = await importScene()
    const text =
      'note,store_id,status,timestamp_utc\n"one\n\ntwo",s1,active,2023-01-24T10:00Z\n,s1,asleep,2023-01-24T10:00Z\n'
    const path = await scene.write('polls.csv', text)
    expect(await counts(scene, path)).toEqual([[1, 1, 0, 1]])
    expect(await rejections(scene)).toEqual([expect.stringMatching(/^5: status "asleep"/)])
  })

  test.each([60, 90, 86, 1 << 16])(
    'a column behind the others is one of each row, in blocks of %i bytes',
    async (blockBytes) => {
      await using scene = await importScene()
      const text = [
        'store_id,status,timestamp_utc,note',
        's1,active,2023-01-24 10:00:00 UTC',
        's1,active,2023-01-24 11:00:00 UTC,"a note',
        's2,active,2023-01-24 12:00:00 UTC',
        'end"',
        's1,active,2023-01-24 13:00:00 UTC',
        's1,active,2023-01-24 14:00:00 UTC,',
        '',
      ].join('\n')
      const path = await scene.write('polls.csv', text)
      expect(await counts(scene, path, { blockBytes })).toEqual([[2, 2, 0, 2]])
      expect(await storedPolls(scene.db)).toEqual([
        's1 active 2023-01-24T11:00:00Z',
        's1 active 2023-01-24T14:00:00Z',
      ])
      expect(await rejections(scene)).toEqual([
        '2: the row has 3 fields, the header 4',
        '6: the row has 3 fields, the header 4',
      ])
    },
  )

  test('counts what is new or different as changed, and the rest as repeated', async () => {
    await using scene = await importScene()
    const first = await scene.write(
      'first.csv',
      pollFile([
        ['s1', 'active', '2023-01-24T10:00:00Z'],
        ['s1', 'active', '2023-01-24T10:00:00Z'],
        ['s1', 'inactive', '2023-01-24T11:00:00Z'],
        ['s2', 'active', '2023-01-27T11:00:00Z'],
      ]),
    )
    const second = await scene.write(
      'second.csv',
      pollFile([
        ['s1', 'inactive', '2023-01-24T10:00:00Z'],
        ['s1', 'inactive', '2023-01-24T11:00:00Z'],
        ['s3', 'active', '2023-01-24T11:00:00Z'],
      ]),
    )
    expect(await counts(scene, first)).toEqual([[4, 3, 1, 0]])
    const afterFirst = await storedData(scene.db)
    expect(await counts(scene, first)).toEqual([[4, 0, 4, 0]])
    expect(await storedData(scene.db)).toEqual(afterFirst)
    expect(await counts(scene, second)).toEqual([[3, 2, 1, 0]])
  })

  test('files in any split and order leave what a map of polls would', async () => {
    const poll = fc.record({
      store: fc.constantFrom('a', 'B', 'c-1'),
      status: fc.constantFrom('active', 'inactive', ' ACTIVE', 'Inactive '),
      at: fc.integer({ min: 0, max: 6 }).map((i) => Date.UTC(2023, 0, 25, 23, 59, 59, 998) + i),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(poll, { maxLength: 12 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 20 }),
        async (files, rowsPerStep) => {
          await using scene = await importScene()
          const twin = new Map<string, string>()
          for (const [i, polls] of files.entries()) {
            const rows = polls.map(({ store, status, at }) => [store, status, formatTimestamp(at)] as const)
            // Both the form that is read straight from the bytes and another, mixed.
            const written = rows.map(
              ([store, status, at], row) =>
                [store, status, row % 5 === 4 ? at : at.replace('T', ' ').replace('Z', ' UTC')] as const,
            )
            const path = await scene.write(`${i}.csv`, pollFile(written))
            const before = new Map(twin)
            for (const [store, status, at] of rows) twin.set(`${store} ${at}`, status.trim().toLowerCase())
            const changed = [...twin].filter(([key, status]) => before.get(key) !== status).length
            const [record] = await scene.import(path, { blockBytes: 64 })
            expect(record).toMatchObject({ rowsAccepted: rows.length, rowsChanged: changed })
            await scene.import(path, { blockBytes: 50, rowsPerStep })
          }
          const expected = Array.from(twin, ([key, status]) => key.replace(' ', ` ${status} `))
          expect((await storedPolls(scene.db)).sort()).toEqual(expected.sort())

          const weeks = await scene.db.selectFrom('poll_week_summary').selectAll().execute()
          expect(weeks.reduce((sum, week) => sum + week.poll_count, 0)).toBe(twin.size)
          const latest = Array.from(twin.keys(), (key) => Date.parse(key.split(' ')[1]!))
          expect(Math.max(...weeks.map((week) => week.latest_poll_at))).toBe(Math.max(...latest))
        },
      ),
      { numRuns: runsOnDatabase(40) },
    )
  })

  test.each([
    ['on the thread of the import', Infinity],
    ['by a thread of their own', 0],
  ])('that are read %s are rejected where they are more than 24 hours ahead', async (_, threadFromBytes) => {
    await using scene = await importScene() // taken in on 1 February at noon
    const lines = [
      's1,active,2023-02-01 23:00:00 UTC',
      's1,active,2023-02-02 12:00:00.000 UTC',
      's1,active,2023-02-02 12:00:00.001 UTC',
      's1,active,2099-01-01 00:00:00 UTC',
      's1,active,2099-01-01T00:00:00Z',
      's1,active,2023-02-01 22:00:00 UTC',
    ]
    const path = await scene.write('polls.csv', ['store_id,status,timestamp_utc', ...lines, ''].join('\n'))
    expect(await counts(scene, path, { threadFromBytes })).toEqual([[3, 3, 0, 3]])
    const isAhead = (line: number, at: string) =>
      `${line}: timestamp_utc "${at}" is more than 24 hours after now (2023-02-01T12:00:00Z): is its year right?`
    expect(await rejections(scene)).toEqual([
      isAhead(4, '2023-02-02 12:00:00.001 UTC'),
      isAhead(5, '2099-01-01 00:00:00 UTC'),
      isAhead(6, '2099-01-01T00:00:00Z'),
    ])
    expect((await storedPolls(scene.db)).at(-1)).toBe('s1 active 2023-02-02T12:00:00Z')
  })

  test('a gzipped file is read like the file itself', async () => {
    await using scene = await importScene()
    const bytes = gzipSync(pollFile([['s1', 'active', '2023-01-24T10:00:00Z']]))
    const [record] = await scene.import(await scene.write('polls.csv.gz', bytes))
    expect(record).toMatchObject({
      rowsAccepted: 1,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
  })
})

describe('importing business hours', () => {
  const header = 'store_id,day,start_time_local,end_time_local'

  test('a file replaces the whole rule of the stores it names, and leaves the others', async () => {
    await using scene = await importScene()
    const first = await scene.write(
      '1.csv',
      [header, 'a,0,09:00,17:00', 'a,1,09:00,17:00', 'b,0,09:00,17:00'].join('\n'),
    )
    const second = await scene.write(
      '2.csv',
      [header, 'a,6,10:00:30,24:00', 'a,2,10:00,24:00:00', 'a,6,10:00:30,24:00', 'b,9,0,0'].join('\n'),
    )
    expect(await counts(scene, first)).toEqual([[3, 3, 0, 0]])
    expect(await counts(scene, second)).toEqual([[3, 3, 0, 1]])
    expect(await getStore(scene.db, 'a')).toMatchObject({
      businessHours: [
        { day: 2, start: '10:00:00', end: '24:00:00' },
        { day: 6, start: '10:00:30', end: '24:00:00' },
      ],
    })
    expect(await getStore(scene.db, 'b')).toMatchObject({
      businessHours: [{ day: 0, start: '09:00:00', end: '17:00:00' }],
    })
  })

  test('the same rule in another order or form is no change, and is stored once', async () => {
    await using scene = await importScene()
    const first = await scene.write('1.csv', [header, 'a,0,09:00,17:00', 'a,1,09:00,17:00'].join('\n'))
    const second = await scene.write(
      '2.csv',
      [header, 'a,1,09:00:00,17:00', 'b,1,09:00,17:00', 'a,0,09:00,17:00:00', 'b,0,09:00,17:00'].join('\n'),
    )
    await scene.import(first)
    expect(await counts(scene, second)).toEqual([[4, 2, 2, 0]])
    expect(await scene.db.selectFrom('schedule').selectAll().execute()).toHaveLength(1)
  })

  test.each([
    ['a,00,09:00,17:00', 'day "00" is not 0 to 6'],
    ['a,,09:00,17:00', 'day "" is not 0 to 6'],
    ['a,0,9,17:00', 'start_time_local "9" is not a local time'],
    ['a,0,24:00,17:00', 'start_time_local "24:00" is not a local time'],
    ['a,0,09 :00,17:00', 'start_time_local "09 :00" is not a local time'],
    ['a,0,09:00,17:60', 'end_time_local "17:60" is not a local time'],
    ['a,0,09:00,17:00:60', 'end_time_local "17:00:60" is not a local time'],
    ['a,0,09:00,24:00:01', 'end_time_local "24:00:01" is not a local time'],
    ['a b,0,09:00,17:00', 'store_id "a b" is not 1 to 128 letters'],
    [`${'a'.repeat(129)},0,09:00,17:00`, `store_id "${'a'.repeat(100)}…" is not 1 to 128 letters`],
  ])('%s is rejected', async (row, reason) => {
    await using scene = await importScene()
    await scene.import(await scene.write('h.csv', `${header}\n${row}\n`))
    expect(await rejections(scene)).toEqual([expect.stringContaining(`2: ${reason}`)])
    expect(await scene.db.selectFrom('store').selectAll().execute()).toEqual([])
  })
})

describe('importing timezones', () => {
  test('the last row of a store counts, once as changed', async () => {
    await using scene = await importScene()
    const rows = ['store_id,timezone_str', 'a,America/Denver', 'b,UTC', 'a,america/new_york']
    const path = await scene.write('z.csv', rows.join('\n'))
    expect(await counts(scene, path)).toEqual([[3, 2, 1, 0]])
    expect(await counts(scene, path)).toEqual([[3, 0, 3, 0]])
    expect(await getStore(scene.db, 'a')).toMatchObject({ timezone: 'America/New_York' })
  })

  test('keeps the hours that a store has, and the other way round', async () => {
    await using scene = await importScene()
    const zones = await scene.write('z.csv', 'store_id,timezone_str\na,UTC\n')
    const hours = await scene.write(
      'h.csv',
      'store_id,day,start_time_local,end_time_local\na,0,09:00,17:00\n',
    )
    await scene.import(hours)
    await scene.import(zones)
    await scene.import(hours)
    expect(await getStore(scene.db, 'a')).toMatchObject({
      storeId: 'a',
      timezone: 'UTC',
      businessHours: [{ day: 0, start: '09:00:00', end: '17:00:00' }],
    })
  })
})

describe('rules that are read straight from the bytes', () => {
  const mostly = (right: string[], wrong: string[]) =>
    fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...right) }, fc.constantFrom(...wrong))
  const id = mostly(['a', 'b', 'c-1', '12345678901234567890'], ['é', 'a b', ''])
  const time = mostly(['09:00', '09:00:00', '17:30:15'], ['24:00', '25:00', '9:00', ' 09:00', '9:00 PM', ''])
  const hours = fc.tuple(id, mostly(['0', '6'], ['7', '']), time, time)
  const zone = mostly(['UTC', 'America/New_York', 'america/new_york'], ['Mars/Olympus', '', '+05:30'])
  const zones = fc.tuple(id, zone)
  const kinds = [
    ['hours', 'store_id,day,start_time_local,end_time_local', hours],
    ['zones', 'store_id,timezone_str', zones],
  ] as const

  test.each(kinds)('%s are what the CSV parser reads', async (_, header, row) => {
    async function imported(lines: readonly string[], lineEnd: string, blockBytes: number): Promise<unknown> {
      await using scene = await importScene()
      const path = await scene.write('rules.csv', [header, ...lines, ''].join(lineEnd))
      return {
        counts: await counts(scene, path, { blockBytes }),
        rejected: await rejections(scene),
        data: await storedData(scene.db),
      }
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(row as fc.Arbitrary<string[]>, { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 60, max: 600 }),
        async (rows, lineEnd, blockBytes) => {
          const plain = rows.map((fields) => fields.join())
          const quoted = rows.map((fields) => fields.map((field) => `"${field}"`).join())
          expect(await imported(plain, lineEnd, blockBytes)).toEqual(await imported(quoted, lineEnd, 1 << 16))
        },
      ),
      { numRuns: runsOnDatabase(40) },
    )
  })
})

describe('the record of an import', () => {
  test('has source, size, digest, counts and times', async () => {
    await using scene = await importScene()
    const content = pollFile([
      ['s1', 'active', '2023-01-24T10:00:00Z'],
      ['s1', 'what', '2023-01-24T10:00:00Z'],
    ])
    const path = await scene.write('polls.csv', content)
    const records = await scene.import(path)
    expect(records).toEqual([
      {
        importId: 1,
        source: path,
        kind: 'polls',
        state: 'complete',
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        rowsAccepted: 1,
        rowsChanged: 1,
        rowsRepeated: 0,
        rowsRejected: 1,
        storesTouched: 1,
        firstPollAt: '2023-01-24T10:00:00Z',
        lastPollAt: '2023-01-24T10:00:00Z',
        failure: null,
        startedAt: formatTimestamp(noon),
        finishedAt: formatTimestamp(noon),
      },
    ])
  })

  test('all rejected rows are counted, the first thousand are kept, cut where they are long', async () => {
    await using scene = await importScene()
    const rows = Array.from({ length: 1200 }, (_, i) => `s${i},${'x'.repeat(2000)},2023-01-24T10:00:00Z`)
    const path = await scene.write('polls.csv', ['store_id,status,timestamp_utc', ...rows].join('\n'))
    expect(await counts(scene, path)).toEqual([[0, 0, 0, 1200]])
    const { items, nextCursor } = await listRejectedRows(scene.db, { limit: 1000 })
    expect(nextCursor).toBeNull()
    expect(items.map((row) => row.line)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 2))
    expect(items.every((row) => row.text.length === 1000)).toBe(true)
  })

  test('progress comes in bytes and rows, and ends with all of them', async () => {
    await using scene = await importScene()
    const rows = Array.from({ length: 50 }, (_, i) => ['s1', 'active', formatTimestamp(i * 1000)] as const)
    const content = pollFile(rows)
    const path = await scene.write('polls.csv', content)
    const seen: ImportProgress[] = []
    await scene.import(path, { blockBytes: 256, onProgress: (progress) => seen.push(progress) })
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.at(-1)).toEqual({
      source: path,
      bytesRead: content.length,
      bytesTotal: content.length,
      rowsRead: 50,
      rowsStored: 50,
    })
    expect(seen.map((progress) => progress.rowsRead)).toEqual(
      seen.map((progress) => progress.rowsRead).sort((a, b) => a - b),
    )
  })

  test('a source that is given stands for the path', async () => {
    await using scene = await importScene()
    const path = await scene.write('upload-1', 'store_id,timezone_str\na,UTC\n')
    const { records } = await importPaths(() => Promise.resolve(scene.db), [path], {
      now: () => noon,
      source: 'zones of March.csv',
    })
    expect(records.map((record) => record.source)).toEqual(['zones of March.csv'])
  })
})

describe('a file of which nothing can be taken', () => {
  test.each([
    ['a header alone', '', 0, 'there are no rows below the header'],
    ['blank lines below the header', '\n\n', 0, 'there are no rows below the header'],
    [
      'one row, rejected',
      's1,asleep,2023-01-24T10:00Z\n',
      1,
      'none of its only row can be taken; on line 2, status "asleep" is neither active nor inactive',
    ],
    [
      'rows, all rejected',
      '\ns1,asleep,2023-01-24T10:00Z\ns1\n',
      2,
      'none of its 2 rows can be taken; on line 3, status "asleep" is neither active nor inactive',
    ],
  ])('fails with the reason: %s', async (_, rows, rowsRejected, failure) => {
    await using scene = await importScene()
    const path = await scene.write('polls.csv', `store_id,status,timestamp_utc\n${rows}`)
    const [record] = await scene.import(path)
    expect(record).toMatchObject({ state: 'failed', failure, rowsAccepted: 0, rowsRejected })
    expect(await rejections(scene)).toHaveLength(rowsRejected)
    expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
  })

  test('does not keep the other files of its folder from going in', async () => {
    await using scene = await importScene()
    await scene.write('in/hours.csv', 'store_id,day,start_time_local,end_time_local\ns1,7,09:00,17:00\n')
    await scene.write('in/polls.csv', pollFile([['s1', 'active', '2023-01-24T10:00:00Z']]))
    const records = await scene.import(scene.path('in'))
    expect(records.map(({ kind, state }) => [kind, state])).toEqual([
      ['business-hours', 'failed'],
      ['polls', 'complete'],
    ])
  })
})

describe('an import that does not end well', () => {
  test('of a folder says which files went in before, and which did not', async () => {
    await using scene = await importScene()
    await scene.write('in/zones.csv', 'store_id,timezone_str\ns1,UTC\n')
    const hours = gzipSync(
      'store_id,day,start_time_local,end_time_local\n'.padEnd(100_000, 's1,1,09:00,17:00\n'),
    )
    await scene.write('in/hours.csv.gz', hours.subarray(0, -20))
    await scene.write('in/polls.csv', pollFile([['s1', 'active', '2023-01-24T10:00:00Z']]))
    const path = (name: string) => scene.path(`in/${name}`)
    await expect(scene.import(scene.path('in'))).rejects.toMatchObject({
      code: 'invalid',
      message: `${path('hours.csv.gz')} is a damaged gzip file: unexpected end of file; imported before: ${path('zones.csv')}; not imported: ${path('polls.csv')}`,
    })
  })

  test('names the file as its caller does', async () => {
    await using scene = await importScene()
    const bytes = gzipSync('store_id,timezone_str\n'.padEnd(100_000, 's1,UTC\n'))
    const path = await scene.write('upload.csv', bytes.subarray(0, -20))
    const importing = importPaths(() => Promise.resolve(scene.db), [path], {
      now: () => noon,
      source: "$& $' zones.csv",
    })
    const failure = "$& $' zones.csv is a damaged gzip file: unexpected end of file"
    await expect(importing).rejects.toMatchObject({ message: failure })
    expect((await listImports(scene.db, { limit: 1 })).items).toMatchObject([{ failure }])
  })

  const rows = Array.from({ length: 100 }, (_, i) => ['s1', 'active', formatTimestamp(i * 1000)] as const)

  test('leaves nothing of the file when it is stopped, and says so', async () => {
    await using scene = await importScene()
    const path = await scene.write('polls.csv', pollFile(rows))
    const stop = new AbortController()
    const stopped = scene.import(path, {
      blockBytes: 128,
      signal: stop.signal,
      onProgress: ({ rowsRead }) => rowsRead > 50 && stop.abort(),
    })
    await expect(stopped).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('again') as unknown,
    })
    expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
    const { items } = await listImports(scene.db, { limit: 10 })
    expect(items).toMatchObject([
      { state: 'failed', rowsAccepted: 0, failure: expect.stringContaining('stopped') as unknown },
    ])
  })

  test('keeps the steps of a large file that were done, and is completed by importing it again', async () => {
    await using scene = await importScene()
    const ofTenStores = rows.map(([, status, at], i) => [`s${i % 10}`, status, at] as const)
    const path = await scene.write('polls.csv', pollFile(ofTenStores))
    const stop = new AbortController()
    const stopped = scene.import(path, {
      blockBytes: 128,
      rowsPerStep: 20,
      signal: stop.signal,
      onProgress: ({ rowsStored }) => rowsStored > 30 && stop.abort(),
    })
    await expect(stopped).rejects.toThrow('stopped')
    const stored = (await storedPolls(scene.db)).length
    expect(stored).toBeGreaterThan(30)
    expect(stored).toBeLessThan(100)
    const { items } = await listImports(scene.db, { limit: 10 })
    expect(items).toMatchObject([{ state: 'failed', rowsAccepted: stored, rowsChanged: stored }])
    expect(await counts(scene, path)).toEqual([[100, 100 - stored, stored, 0]])
  })

  test('rolls back what it wrote when the database refuses a row', async () => {
    await using scene = await importScene()
    await refuseRows(scene.db, 'poll_week_summary', 'disk is tired')
    const path = await scene.write('polls.csv', pollFile(rows))
    await expect(scene.import(path)).rejects.toThrow('disk is tired')
    expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
    const { items } = await listImports(scene.db, { limit: 10 })
    expect(items).toMatchObject([{ state: 'failed', failure: 'disk is tired' }])
  })

  test('two imports into one database at once both go in', async () => {
    await using scene = await importScene()
    await using other = await connect(scene.databaseUrl)
    const a = await scene.write('a.csv', pollFile(rows.map(([, status, at], i) => [`s${i % 7}`, status, at])))
    const b = await scene.write(
      'b.csv',
      pollFile(rows.map(([, , at], i) => [`s${i % 11}`, 'inactive', at.replace('1970', '1971')])),
    )
    const options = { now: () => noon, blockBytes: 200, rowsPerStep: 10 }
    await Promise.all([
      importPaths(() => Promise.resolve(scene.db), [a], options),
      importPaths(() => Promise.resolve(other), [b], options),
    ])
    expect(await storedPolls(scene.db)).toHaveLength(200)
    expect(await counts(scene, a)).toEqual([[100, 0, 100, 0]])
    expect(await counts(scene, b)).toEqual([[100, 0, 100, 0]])
    const summary = await scene.db.selectFrom('poll_week_summary').select('poll_count').execute()
    expect(summary.map((week) => week.poll_count)).toEqual([100, 100])
  })
})
