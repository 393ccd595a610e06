import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { dateMeant, instantMeant, zoneOfMachine } from '../../client/cli/times.ts'
import { runCliProcess } from '../support/run-cli.ts'

/** Sunday, four hours after New York's clocks went from 2:00 back to 1:00. */
const now = Date.parse('2026-11-01T10:30:00Z')

beforeEach(() => void vi.stubEnv('TZ', 'America/New_York'))
afterEach(() => void vi.unstubAllEnvs())

describe('what people write for an instant', () => {
  test.each([
    ['now', '2026-11-01T10:30:00Z'],
    ['today', '2026-11-01T04:00:00Z'],
    ['yesterday', '2026-10-31T04:00:00Z'],
    ['2026-11-01', '2026-11-01T04:00:00Z'],
    ['2026-11-02', '2026-11-02T05:00:00Z'],
    ['0050-03-01', '0050-03-01T04:56:02Z'],
    ['-90m', '2026-11-01T09:00:00Z'],
    ['-12h', '2026-10-31T22:30:00Z'],
    ['-2d', '2026-10-30T10:30:00Z'],
    ['-1w', '2026-10-25T10:30:00Z'],
  ])('%s is %s', (text, instant) => {
    expect(instantMeant(text, now)).toBe(instant)
  })

  test.each([
    '2026-11-01T10:00Z',
    '2026-11-01 10:00',
    '2026-13-01',
    '2026-02-30',
    '-2',
    '-2x',
    '2d',
    'soon',
    '',
  ])('%j stays what it is: those who look at it closely say what is wrong', (text) => {
    expect(instantMeant(text, now)).toBe(text)
  })
})

test.each([
  ['today', '2026-11-01'],
  ['yesterday', '2026-10-31'],
  ['-2d', '2026-10-30'],
  ['-1w', '2026-10-25'],
  ['-12h', '2026-10-31'],
  ['2026-10-05', '2026-10-05'],
  ['2026-10-05T00:00Z', '2026-10-05T00:00Z'],
  ['soon', 'soon'],
])('for a date, %s is %s', (text, date) => {
  expect(dateMeant(text, now)).toBe(date)
})

test('by the calendar a day ago is a date ago, however long the days are', () => {
  const justAfterMidnight = Date.parse('2026-11-02T05:10:00Z')
  expect(dateMeant('yesterday', justAfterMidnight)).toBe('2026-11-01')
  expect(dateMeant('-1d', justAfterMidnight)).toBe('2026-11-01')
})

test('it is said where words are taken', () => {
  expect(zoneOfMachine()).toBe('America/New_York, the time zone of this machine')
})

test('a command says what it takes words for, unless it is to be quiet', async () => {
  const environment = { TZ: 'America/New_York' }
  const args = ['changes', '--since', '2026-11-08', '--database', 'nowhere.db']
  const { stderr } = await runCliProcess(args, { environment })
  expect(stderr).toMatch(
    /^--since 2026-11-08 is 2026-11-08T05:00:00Z \(America\/New_York, the time zone of this machine\)\n/,
  )
  const quiet = await runCliProcess([...args, '-q'], { environment })
  expect(quiet.stderr).toMatch(/^store-monitor: /)
})
