import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { textOfSchedule, type StoredSchedule } from '../../server/database/schedule-text.ts'
import { createScheduleZones } from '../../server/database/schedule-zones.ts'
import { testDatabase } from '../support/test-database.ts'

const zones = [
  { validFrom: null, rule: 'Asia/Kolkata' },
  { validFrom: 1000, rule: 'Europe/Lisbon' },
]
const hours = [{ validFrom: null, rule: [{ day: 0, start: '09:00:00', end: '17:00:00' }] }]
const specialDays = [{ date: '2026-12-25', spans: [] }]

/** Every mixture of what a schedule may have. */
const schedules = [[], zones, zones.slice(0, 1)].flatMap((zones) =>
  [[], hours].flatMap((hours) =>
    [[], specialDays].map((specialDays): StoredSchedule => ({ zones, hours, specialDays })),
  ),
)

test('the zones of all schedules are those that each has, whatever else is in it', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  const rows = schedules.map((schedule, i) => ({
    schedule_key: i + 1,
    hash: 0,
    schedule: textOfSchedule(schedule),
  }))
  await db.insertInto('schedule').values(rows).execute()
  const keys = [...rows.map(({ schedule_key }) => schedule_key), null]
  for (const atMs of [999, 1000]) {
    const ofAll = await createScheduleZones(db).ofAll(atMs)
    const ofEach = await createScheduleZones(db).of(keys, atMs)
    const [first, later] = ['Asia/Kolkata', atMs < 1000 ? 'Asia/Kolkata' : 'Europe/Lisbon']
    const expected = schedules.map(({ zones }) => ['America/Chicago', first, later][zones.length])
    expect(keys.map(ofAll)).toEqual([...expected, 'America/Chicago'])
    expect(keys.map(ofEach)).toEqual(keys.map(ofAll))
  }
})
