import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseColumnMap } from '../../../shared/column-map.ts'
import { findFiles } from '../../../server/ingest/importing/find-files.ts'
import { importScene } from '../../support/import-scene.ts'

const polls = 'store_id,status,timestamp_utc\n'
const hours = 'store_id,day,start_time_local,end_time_local\n'
const zones = 'store_id,timezone_str\n'

describe('finding what to import', () => {
  test('files are known by their headers, whatever their names, and polls go last', async () => {
    await using scene = await importScene()
    await scene.write('in/a.csv', polls)
    await scene.write(
      'in/Menu hours.csv',
      '\uFEFF Store_ID , DayOfWeek ,"START_TIME_LOCAL",end_time_local,note\r\n',
    )
    await scene.write('in/bq-results-20230125.CSV', '\ntimezone_str,extra,store_id')
    await scene.write('in/expected.csv', 'store_id,uptime\n')
    await scene.write('in/notes.txt', polls)
    await using found = await findFiles([scene.path('in')])
    expect(found.files.map(({ path, header }) => [basename(path), header.kind])).toEqual([
      ['bq-results-20230125.CSV', 'timezones'],
      ['Menu hours.csv', 'business-hours'],
      ['a.csv', 'polls'],
    ])
    expect(found.ignored.map(({ path }) => basename(path))).toEqual(['expected.csv'])
  })

  test('what is ignored in a folder is said, with the reason', async () => {
    await using scene = await importScene()
    await scene.write('in/polls.csv', polls)
    await scene.write('in/open.csv', 'open,close\n')
    await using found = await findFiles([scene.path('in')])
    expect(found.ignored).toEqual([
      {
        path: scene.path('in/open.csv'),
        reason: expect.stringMatching(
          /^is of no known kind: its first line is "open,close", but needed are/,
        ) as unknown,
      },
    ])
  })

  test.each([
    ['special-hours', 'Store ID,Date,Start Time Local,End-Time-Local'],
    ['corrections', 'store_id;from_utc;to_utc;kind;reason;author'],
    ['store-details', 'store_id\tname\tcity'],
    ['orders', 'order_id,Store ID,Ordered At,Total,currency'],
    ['revenue', 'store_id;revenue_per_hour'],
    ['polls', 'StoreId,STATUS,timestampUTC'],
    ['timezones', 'sep=;\r\nstore_id;timezone'],
    ['timezones', '"sep=\t"\n\nstore_id\ttimezone_str\tvalid from'],
    ['business-hours', 'sep=,\nstore_id,day of week,start_time_local,end_time_local'],
  ])('%s are known by %j', async (kind, header) => {
    await using scene = await importScene()
    const inUtf16 = ['\uFEFF', ''].map((mark) => Buffer.from(mark + header, 'utf16le'))
    for (const content of [header, `\uFEFF${header}\n`, ...inUtf16]) {
      await using found = await findFiles([await scene.write('x.csv', content)])
      expect(found.files.map(({ header }) => header.kind)).toEqual([kind])
    }
  })

  test('a folder is imported rules first, then polls, and last what stores take', async () => {
    await using scene = await importScene()
    const headers = [
      polls,
      'store_id,from_utc,to_utc,kind,reason\n',
      'store_id,name\n',
      zones,
      hours,
      'store_id,date,start_time_local,end_time_local\n',
      'store_id,ordered_at_utc,amount\n',
      'store_id,revenue_per_hour,day,hour\n',
    ]
    for (const [i, header] of headers.entries()) await scene.write(`in/${i}.csv`, header)
    await using found = await findFiles([scene.path('in')])
    expect(found.files.map(({ header }) => header.kind)).toEqual([
      'store-details',
      'timezones',
      'business-hours',
      'special-hours',
      'corrections',
      'polls',
      'revenue',
      'orders',
    ])
  })

  test('columns of other names are found by a map, which other files may do without', async () => {
    await using scene = await importScene()
    const paths = [
      await scene.write('zones.csv', zones),
      await scene.write('polls.csv', 'Outlet No,store_id,status,Seen at\n'),
    ]
    const columnMap = parseColumnMap(['store_id=outlet_no', 'Timestamp UTC = seen-at'])
    await using found = await findFiles(paths, { columnMap })
    expect(found.files.map(({ header }) => [header.kind, header.columns])).toEqual([
      ['timezones', { store_id: 0, timezone_str: 1, valid_from: undefined }],
      ['polls', { store_id: 0, status: 2, timestamp_utc: 3 }],
    ])
  })

  test.each([
    ['outlet=store_id', /"outlet=store_id" does not say .* the columns are store_id, status/],
    ['store_id', /"store_id" does not say/],
    ['store_id=', /"store_id=" does not say/],
  ])('the map %s is refused', (text, message) => {
    expect(() => parseColumnMap([text])).toThrow(message)
  })

  test('a map has each column once', () => {
    expect(() => parseColumnMap(['store_id=a', 'store_id=b'])).toThrow(/column store_id more than once/)
  })

  test('what is no CSV file is named as what it is, with what to do', async () => {
    await using scene = await importScene()
    const starts = {
      'an Excel workbook: open it': 'PK\x03\x04\x14\0\x06\0[Content_Types].xml',
      'a workbook of an old Excel': Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      'a PDF: import the table': '%PDF-1.7',
      'a zip archive: unpack it': 'PK\x03\x04\x14\0\0\0polls.csv',
    }
    for (const [what, content] of Object.entries<string | Uint8Array>(starts)) {
      const path = await scene.write('x.csv', content)
      await expect(findFiles([path])).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining(`${path} is ${what}`) as unknown,
      })
    }
    await scene.write('in/polls.csv', polls)
    await scene.write('in/hours.xlsx', starts['an Excel workbook: open it'])
    await using found = await findFiles([scene.path('in')])
    expect(found.ignored).toEqual([
      {
        path: scene.path('in/hours.xlsx'),
        reason: 'is an Excel workbook: open it, save it as "CSV UTF-8", and import that file',
      },
    ])
  })

  test('the day column goes by three names', async () => {
    await using scene = await importScene()
    for (const day of ['day', 'dayOfWeek', 'day_of_week']) {
      const path = await scene.write(`${day}.csv`, `store_id,${day},start_time_local,end_time_local\n`)
      await using found = await findFiles([path])
      expect(found.files).toMatchObject([{ path, header: { kind: 'business-hours', columns: { day: 1 } } }])
    }
  })

  test('a gzipped file is known as well', async () => {
    await using scene = await importScene()
    await scene.write('in/store_status.csv.gz', gzipSync(polls))
    await using found = await findFiles([scene.path('in')])
    expect(found.files.map(({ header }) => header.kind)).toEqual(['polls'])
  })

  test('files that are named need no polls beside them, and several may be of one kind', async () => {
    await using scene = await importScene()
    const paths = [
      await scene.write('new.csv', hours),
      await scene.write('old.csv', hours),
      await scene.write('z', zones),
    ]
    await using found = await findFiles(paths)
    expect(found.files.map((file) => file.path)).toEqual([paths[2], paths[0], paths[1]])
  })

  test.each([
    [
      'a folder without polls',
      { 'in/h.csv': hours, 'in/x.csv': 'a,b\n' },
      'in',
      /no polls in .*in.*store_id, status.*x\.csv/,
    ],
    ['an empty folder', { 'in/readme.txt': '' }, 'in', /no polls in .*it has no CSV files/],
    [
      'two files of one kind',
      { 'in/a.csv': polls, 'in/b.csv': polls },
      'in',
      /a\.csv and .*b\.csv both hold polls/,
    ],
    [
      'a file of no kind',
      { 'x.csv': 'store,when\n1,2\n' },
      'x.csv',
      /"store,when".*timezones: store_id, timezone_str/,
    ],
    [
      'a file of polls without one column',
      { 'x.csv': 'store_id,status,timestamp\n' },
      'x.csv',
      /lacks the column timestamp_utc, and has the others of polls: its first line is "store_id,status,timestamp"$/,
    ],
    [
      'a file of hours without one column, in a folder',
      { 'in/a.csv': polls, 'in/b.csv': 'store_id,start_time_local,end_time_local,note\n' },
      'in',
      /b\.csv lacks the column day, and has the others of business-hours/,
    ],
    [
      'a file of zones without one column',
      { 'x.csv': 'shop,timezone_str\n' },
      'x.csv',
      /lacks the column store_id/,
    ],
    ['an empty file', { 'x.csv': '\n\n' }, 'x.csv', /x\.csv is empty/],
    ['an empty file in a folder', { 'in/a.csv': polls, 'in/b.csv': '' }, 'in', /b\.csv is empty/],
    [
      'a column that is there twice',
      { 'x.csv': `day,${hours.replace('store_id,', 'store_id,dayOfWeek,')}` },
      'x.csv',
      /column day more than once/,
    ],
    ['a binary file', { 'x.csv': '\0\u0001\u0002' }, 'x.csv', /first line is "\?\?\?"/],
    ['a damaged gzip file', { 'x.csv': gzipSync(polls).subarray(0, 15) }, 'x.csv', /damaged gzip file/],
  ] as const)('%s is refused, with what to do', async (_name, contents, path, message) => {
    await using scene = await importScene()
    for (const [name, content] of Object.entries<string | Uint8Array>(contents))
      await scene.write(name, content)
    await expect(findFiles([scene.path(path)])).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(message) as unknown,
    })
  })

  test('a path that does not exist is not found', async () => {
    await using scene = await importScene()
    await expect(findFiles([scene.path('nowhere')])).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nowhere') as unknown,
    })
  })
})
