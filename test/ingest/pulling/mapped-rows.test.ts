import { expect, test } from 'vitest'
import type { Mapping } from '../../../server/config-file/source-setting.ts'
import { ownMapping, rowsOfJson, rowsOfLine } from '../../../server/ingest/pulling/mapped-rows.ts'

const answeredAt = Date.parse('2026-10-05T12:00:00Z')

const platform: Mapping = {
  items: '$.data[*]',
  store_id: 'id',
  status: '$.state.now',
  timestamp: 'seen',
  values: { OPEN: 'active', PAUSED: 'inactive' },
}

function rows(json: unknown, mapping: Mapping): string[] {
  return [...rowsOfJson(JSON.stringify(json), mapping, answeredAt)]
}

test('items of a platform become polls', () => {
  const data = [
    { id: 'a', state: { now: 'OPEN' }, seen: '2026-10-05T09:00:00Z' },
    { id: 7, state: { now: 'PAUSED' }, seen: 1_791_190_800 },
    { id: 'c', state: { now: 'OPEN' }, seen: 1_791_190_800_500 },
  ]
  expect(rows({ data }, platform)).toEqual([
    'a,active,2026-10-05T09:00:00Z\n',
    '7,inactive,2026-10-05T09:00:00Z\n',
    'c,active,2026-10-05T09:00:00.500Z\n',
  ])
})

test('a status that is not among the values is no poll, also where it would be one elsewhere', () => {
  expect(rows({ data: [{ id: 'a', state: { now: 'online' }, seen: 'x' }] }, platform)).toEqual([
    'a,online (not among values),x\n',
  ])
  const inherited = { ...platform, values: {} }
  expect(rows({ data: [{ id: 'a', state: { now: 'toString' }, seen: 'x' }] }, inherited)).toEqual([
    'a,toString (not among values),x\n',
  ])
})

test('an id of 19 digits keeps them, and what has no time is of when it was answered', () => {
  const text = '[{"store_id": 8419537941919820732, "status": true}]'
  const mapping = { ...ownMapping, timestamp: undefined, values: { true: 'active' as const } }
  expect([...rowsOfJson(text, mapping, answeredAt)]).toEqual([
    '8419537941919820732,active,2026-10-05T12:00:00Z\n',
  ])
})

test('what is missing or odd is left to be rejected, and cannot make rows of its own', () => {
  const items = [
    {},
    null,
    5,
    { store_id: 'a,b\n"c', status: 'active', timestamp_utc: ['x'] },
    Object.create({ store_id: 'inherited' }),
  ]
  expect(rows(items, ownMapping)).toEqual([',,\n', ',,\n', ',,\n', '"a,b\n""c",active,"[""x""]"\n', ',,\n'])
})

test('an answer that has no items, or is no JSON, is named with how it begins', () => {
  expect(() => rows({ data: [] }, platform)).toThrow(
    /^there is nothing at \$\.data\[\*\] in the answer, which begins "/,
  )
  expect(() => [...rowsOfJson('<html>\u001b[2J', platform, answeredAt)]).toThrow(
    /^the answer is not JSON: .*; it begins "<html>\\u001b\[2J"$/,
  )
})

test('lines of NDJSON are items, or have them', () => {
  const line = '{"store_id": "a", "status": "active", "timestamp_utc": "2026-10-05T09:00:00Z"}'
  expect([...rowsOfLine(line, ownMapping, answeredAt)]).toEqual(['a,active,2026-10-05T09:00:00Z\n'])
  expect([...rowsOfLine('  ', ownMapping, answeredAt)]).toEqual([])
  const several = '\uFEFF{"data": [{"id": "x"}, {"id": "y"}]}'
  expect([...rowsOfLine(several, { ...platform, timestamp: undefined }, answeredAt)]).toHaveLength(2)
})
