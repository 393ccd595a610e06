import { describe, expect, test } from 'vitest'
import { parseLocalDate } from '../../shared/local-date.ts'
import { parseEndTime, parseLocalTime } from '../../shared/local-time.ts'

describe('a local time', () => {
  test.each([
    ['9:05', '09:05:00'],
    ['09:05', '09:05:00'],
    ['00:00', '00:00:00'],
    ['23:59:59', '23:59:59'],
    ['12:00 AM', '00:00:00'],
    ['12:30 PM', '12:30:00'],
    ['1:00 pm', '13:00:00'],
    ['11:59:30PM', '23:59:30'],
    ['9:00 a.m.', '09:00:00'],
    [' 9:00 ', '09:00:00'],
  ])('%j is %s', (text, time) => {
    expect(parseLocalTime(text)).toBe(time)
    expect(parseEndTime(text)).toBe(time)
  })

  test.each([
    '',
    '9',
    '9:5',
    '24:00',
    '25:00',
    '12:60',
    '12:00:60',
    '13:00 PM',
    '0:30 AM',
    '9:00 XM',
    '009:00',
    '9.00',
  ])('%j is none', (text) => {
    expect(parseLocalTime(text)).toBeUndefined()
  })

  test('24:00 is an end', () => {
    expect(parseEndTime('24:00')).toBe('24:00:00')
    expect(parseEndTime('24:00:00')).toBe('24:00:00')
    expect(parseEndTime('24:01')).toBeUndefined()
    expect(parseEndTime('24:00 PM')).toBeUndefined()
  })
})

test('a date is one of the calendar', () => {
  const texts = ['2024-02-29', '2022-02-30', '2023-13-01', '2023-1-1', '20230101', '2022-12-31 ', '']
  expect(texts.filter((text) => parseLocalDate(text) !== undefined)).toEqual(['2024-02-29'])
})
