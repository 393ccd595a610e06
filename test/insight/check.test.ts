import { expect, test } from 'vitest'
import { checkData } from '../../server/insight/check.ts'
import type { CheckFinding, CheckName } from '../../shared/check.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { importScene, noon, pollFile, type ImportScene } from '../support/import-scene.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

type Poll = readonly [store: string, status: string, at: string]

/** A poll each hour, at a quarter past, of the week before noon. */
function polled(
  store: string,
  status: (hour: number) => string,
  hours: readonly number[] = allHours,
): Poll[] {
  return hours.map((hour) => [store, status(hour), formatTimestamp(noon - hour * HOUR_MS + HOUR_MS / 4)])
}
const allHours = Array.from({ length: 168 }, (_, i) => 168 - i)
const changing = (hour: number) => (hour % 5 === 0 ? 'inactive' : 'active')

async function sceneOf(files: Readonly<Record<string, string | readonly Poll[]>>): Promise<ImportScene> {
  const scene = await importScene()
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : pollFile(content)
    await scene.import(await scene.write(`${name}.csv`, text))
  }
  return scene
}

async function findings(scene: ImportScene, limit = 10): Promise<Partial<Record<CheckName, CheckFinding>>> {
  const { findings } = await checkData(scene.db, { limit })
  return Object.fromEntries(findings.map((finding) => [finding.check, finding]))
}

const allIn = (...stores: readonly string[]) =>
  `store_id,timezone_str\n${stores.map((store) => `${store},UTC\n`).join('')}`
const alwaysOpen = (...stores: readonly string[]) =>
  `store_id,day,start_time_local,end_time_local\n${stores
    .flatMap((store) => [0, 1, 2, 3, 4, 5, 6].map((day) => `${store},${day},00:00,24:00\n`))
    .join('')}`

test('a database without anything has nothing to doubt', async () => {
  await using scene = await importScene()
  expect(await checkData(scene.db, { limit: 10 })).toEqual({ asOf: null, stores: 0, findings: [] })
})

test('stores with rules and polls that change have nothing to doubt', async () => {
  const stores = ['a', 'b', 'c']
  await using scene = await sceneOf({
    zones: allIn(...stores),
    hours: alwaysOpen(...stores),
    polls: stores.flatMap((store) => polled(store, changing)),
  })
  const latest = formatTimestamp(noon - HOUR_MS + HOUR_MS / 4)
  expect(await checkData(scene.db, { limit: 10 })).toEqual({ asOf: latest, stores: 3, findings: [] })
})

test('stores judged by defaults are told apart by whether they never had rules or their rows were rejected', async () => {
  await using scene = await sceneOf({
    zones: `${allIn('a')}b,Mars/Olympus\nb,UTC\nc,Mars/Olympus\n`,
    hours: `${alwaysOpen('a')}c,7,09:00,17:00\n`,
    polls: ['a', 'b', 'c'].flatMap((store) => polled(store, changing)),
  })
  const found = await findings(scene)
  expect(found).toEqual({
    'hours-rejected': {
      check: 'hours-rejected',
      isDoubtful: true,
      count: 1,
      summary:
        '1 of 3 stores without business hours, always open by default: rows that had them were rejected',
      remedy: expect.stringMatching(/^correct these rows/) as string,
      first: [
        {
          storeId: 'c',
          from: null,
          until: null,
          detail: `${scene.path('hours.csv')}:9: day … is not 0 to 6 (0 is Monday)`,
        },
      ],
    },
    'zone-rejected': expect.objectContaining({
      count: 1,
      first: [expect.objectContaining({ storeId: 'c' })],
    }),
    'no-hours': expect.objectContaining({ count: 1, first: [expect.objectContaining({ storeId: 'b' })] }),
  })
})

test('a store without rules is likened to one with rules whose id differs in case or punctuation only', async () => {
  await using scene = await sceneOf({
    zones: allIn('miami-04', 'miami-05', 'other'),
    polls: ['MIAMI-04', 'miami.05', 'MIAMI_05', 'other', 'another'].flatMap((store) =>
      polled(store, changing),
    ),
  })
  const found = await findings(scene, 2)
  expect(found['similar-id']).toMatchObject({
    count: 3,
    first: [
      { storeId: 'MIAMI-04', detail: 'did you mean miami-04?' },
      { storeId: 'MIAMI_05', detail: 'did you mean miami-05?' },
    ],
  })
  expect(found['not-polled']).toMatchObject({ first: [{ storeId: 'miami-04' }, { storeId: 'miami-05' }] })
})

test('stores that were not polled for a week are told with when they last were', async () => {
  const long = formatTimestamp(noon - 40 * DAY_MS)
  await using scene = await sceneOf({
    zones: allIn('never'),
    polls: [
      ...polled('a', changing),
      ['gone', 'active', long],
      ['gone', 'active', formatTimestamp(noon - 50 * DAY_MS)],
    ],
  })
  expect((await findings(scene))['not-polled']).toMatchObject({
    count: 2,
    first: [
      { storeId: 'gone', detail: `last polled ${long}` },
      { storeId: 'never', detail: 'never polled' },
    ],
  })
})

test('stores that are polled only while they are closed, and those whose status never changes, are told', async () => {
  await using scene = await sceneOf({
    zones: allIn('night', 'down', 'up'),
    hours: `${alwaysOpen('down', 'up')}night,0,03:00,03:10\n`,
    polls: [
      ...polled('night', changing),
      ...polled('down', () => 'inactive'),
      ...polled('up', () => 'active'),
      ...polled('new', () => 'active', [3, 2, 1]),
    ],
  })
  const found = await findings(scene)
  expect(found['polled-when-closed']).toMatchObject({ count: 1, first: [{ storeId: 'night' }] })
  expect(found['always-inactive']).toMatchObject({ count: 1, isDoubtful: true, first: [{ storeId: 'down' }] })
  expect(found['always-active']).toMatchObject({ count: 1, isDoubtful: false, first: [{ storeId: 'up' }] })
})

test('what a correction says is closed, or wrong, is not to be doubted once more', async () => {
  const from = formatTimestamp(noon - 400 * HOUR_MS)
  const to = formatTimestamp(noon + HOUR_MS)
  await using scene = await sceneOf({
    zones: allIn('gone', 'wrong', 'down'),
    hours: alwaysOpen('gone', 'wrong', 'down'),
    polls: [...polled('wrong', () => 'inactive'), ...polled('down', () => 'inactive')],
    corrections: `store_id,from_utc,to_utc,kind,reason\ngone,${from},${to},closed,moved\nwrong,${from},${to},wrong-data,broken\n`,
  })
  const found = await findings(scene)
  expect(Object.keys(found)).toEqual(['always-inactive'])
  expect(found['always-inactive']).toMatchObject({ count: 1, first: [{ storeId: 'down' }] })
})

test('hours in which fewer than half of the open stores were polled are told together', async () => {
  const stores = ['a', 'b', 'c', 'd']
  const missed = (hours: readonly number[]) => allHours.filter((hour) => !hours.includes(hour))
  await using scene = await sceneOf({
    zones: allIn(...stores, 'closed'),
    hours: alwaysOpen(...stores),
    polls: [
      ...polled('a', changing, missed([50, 49, 20])),
      ...polled('b', changing, missed([50, 49, 20])),
      ...polled('c', changing, missed([50, 49])),
      ...polled('d', changing, missed([])),
    ],
  })
  const at = (hour: number) => formatTimestamp(noon - hour * HOUR_MS)
  expect((await findings(scene))['poller-outage']).toMatchObject({
    isDoubtful: true,
    count: 2,
    first: [
      { storeId: null, from: at(50), until: at(48), detail: '2 of 8 polls, one for each store and hour' },
    ],
  })
})

test('stores that are polled every other hour are no outage of the poller', async () => {
  await using scene = await sceneOf({
    polls: ['a', 'b'].flatMap((store) =>
      polled(
        store,
        changing,
        allHours.filter((hour) => hour % 3 === 0),
      ),
    ),
  })
  const found = (await findings(scene))['poller-outage']!
  expect(found.isDoubtful).toBe(false)
  expect(found.summary).toMatch(/stores are polled less than once an hour$/)
})

test('each finding names the first stores, and counts all of them', async () => {
  const stores = Array.from({ length: 1100 }, (_, i) => `s${String(i).padStart(4, '0')}`)
  await using scene = await sceneOf({
    polls: stores.map((store) => [store, 'active', formatTimestamp(noon - HOUR_MS)] as const),
  })
  expect((await findings(scene, 3))['no-hours']).toMatchObject({
    count: 1100,
    first: [{ storeId: 's0000' }, { storeId: 's0001' }, { storeId: 's0002' }],
  })
})

test('a store in another zone than most stores of its city, and of its chain there, is told', async () => {
  const zoneOf = {
    a: 'Europe/Berlin',
    b: 'Europe/Berlin',
    c: 'America/New_York',
    d: 'UTC',
    e: 'America/Chicago',
    f: 'US/Central',
    g: 'Asia/Tokyo',
    h: 'Asia/Seoul',
  }
  const details = [
    ['a', 'Bonn', ''],
    ['b', 'Bonn', ''],
    ['c', 'Bonn', ''],
    // Another chain's Bonn is another place, where all is well; without a majority nobody knows.
    ['e', 'Bonn', 'Soup'],
    ['f', 'Bonn', 'Soup'],
    ['g', 'Kyoto', ''],
    ['h', 'Kyoto', ''],
    ['nowhere', 'Bonn', ''],
  ]
  await using scene = await sceneOf({
    zones: `store_id,timezone_str\n${Object.entries(zoneOf)
      .map((row) => `${row.join()}\n`)
      .join('')}`,
    details: `store_id,name,city,chain\n${details.map(([id, city, chain]) => `${id},,${city},${chain}\n`).join('')}`,
  })
  const found = await findings(scene)
  expect(found['zone-differs']).toMatchObject({
    isDoubtful: true,
    count: 1,
    summary: '1 store whose timezone is not that of most stores in the same city',
    first: [{ storeId: 'c', detail: 'America/New_York; 2 of 3 stores in Bonn are in Europe/Berlin' }],
  })
  const { findings: ofSoup } = await checkData(scene.db, {
    limit: 10,
    labels: [{ label: 'chain', value: 'Soup' }],
  })
  expect(ofSoup.map(({ check }) => check)).toEqual(['no-hours'])
})
