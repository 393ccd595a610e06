import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { compareResults, formatComparison } from './compare.ts'
import { writeData, type DataOptions } from './data.ts'
import { meetsGoal, ratioOf, spreadOf, type Figure, type Results } from './figures.ts'

const names = ['timezones.csv', 'business_hours.csv', 'store_status.csv'] as const

type HoursRow = [id: string, day: string, start: string, end: string]

async function made(options: Partial<DataOptions> = {}) {
  await using folder = await temporaryFolder()
  const summary = await writeData(folder.path, { stores: 200, seed: 1, ...options })
  const texts = await Promise.all(names.map((name) => readFile(folder.file(name), 'utf8')))
  const hash = createHash('sha256').update(texts.join()).digest('hex')
  const [timezones, hours, polls] = texts.map((text) => text.trimEnd().split('\n').slice(1))
  return { summary, hash, timezones: timezones!, hours: hours!, polls: polls! }
}

test('the same seed gives the same bytes, and another seed other ones', async () => {
  const { hash } = await made()
  expect((await made()).hash).toBe(hash)
  expect((await made({ seed: 2 })).hash).not.toBe(hash)
})

test('the data of a week before has the same stores and other polls', async () => {
  const now = await made()
  const before = await made({ earlier: true })
  expect(before.hours).toEqual(now.hours)
  expect(before.timezones).toEqual(now.timezones)
  expect(latestOf(before.polls) < latestOf(now.polls)).toBe(true)
})

test('polls are written as the exports write them, all active ones first', async () => {
  const { summary, polls } = await made()
  expect(polls).toHaveLength(summary.polls)
  expect(polls.length / summary.stores).toBeGreaterThan(100)
  for (const line of polls) {
    expect(line).toMatch(
      /^[1-9]\d{17,18},(in)?active,2023-01-(1[7-9]|2[0-5]) \d\d:\d\d:\d\d(\.\d{0,5}[1-9])? UTC$/,
    )
  }
  const firstInactive = polls.findIndex((line) => line.includes(',inactive,'))
  expect(firstInactive).toBeGreaterThan(0)
  expect(polls.slice(firstInactive).every((line) => line.includes(',inactive,'))).toBe(true)
})

test('the poller itself was down twice', async () => {
  const { polls } = await made()
  const hours = [...new Set(polls.map(hourOf))].sort((a, b) => a - b)
  const gaps = hours.slice(1).map((hour, i) => hour - hours[i]! - 1)
  expect(gaps.filter((gap) => gap > 1).map((gap) => Math.round(gap / 9))).toEqual([1, 4])
})

test('some stores have no hours, and others split shifts, closed days, nights and whole days', async () => {
  const { summary, hours } = await made()
  const rows = hours.map((line) => line.split(',') as HoursRow)
  const stores = Map.groupBy(rows, ([id]) => id)
  expect(stores.size).toBeLessThan(summary.stores)
  const some = (fits: (rows: HoursRow[]) => boolean) => [...stores.values()].some(fits)
  const daysOf = (rows: readonly (readonly string[])[]) => new Set(rows.map(([, day]) => day)).size
  expect(some((rows) => daysOf(rows) < rows.length)).toBe(true)
  expect(some((rows) => daysOf(rows) < 7)).toBe(true)
  expect(some((rows) => rows.some(([, , start, end]) => end < start))).toBe(true)
  expect(some((rows) => rows.every(([, , start, end]) => start === '00:00:00' && end >= '23:59'))).toBe(true)
})

test('a figure is compared with its baseline and its goal', () => {
  const figure = aFigure([30, 10, 20])
  expect(figure.ours).toEqual({ median: 20, min: 10, max: 30, runs: 3 })
  const judged = { ...figure, baseline: { name: 'other', value: spreadOf([100]) } }
  expect(ratioOf(judged)).toBe(0.2)
  expect(meetsGoal({ ...judged, goal: { of: 'ratio', most: 0.2 } })).toBe(true)
  expect(meetsGoal({ ...judged, goal: { of: 'figure', most: 19 } })).toBe(false)
  expect(meetsGoal({ ...figure, goal: { of: 'ratio', most: 1 } })).toBeUndefined()
})

test('a figure has got worse where it lost a fifth and its best run is beyond the worst one before', () => {
  const regressed = (before: number[], after: number[]) =>
    compareResults(theResults(aFigure(before)), theResults(aFigure(after)))[0]!.regressed
  expect(regressed([100, 101, 102], [125, 126, 127])).toBe(true)
  expect(regressed([100, 101, 102], [110, 111, 112])).toBe(false) // within the tolerance
  expect(regressed([90, 100, 130], [125, 126, 127])).toBe(false) // within the spread
  expect(regressed([100, 101, 102], [50, 51, 52])).toBe(false)
})

test('a comparison leaves out what only one side has, and says what else was different', () => {
  const before = theResults(aFigure([100]), { ...aFigure([1]), name: 'gone' })
  const after = { ...theResults(aFigure([200]), { name: 'new', unit: 'ms' }), size: 'small' }
  expect(compareResults(before, after).map(({ name, ratio }) => [name, ratio])).toEqual([['report', 2]])
  const text = formatComparison(before, after)
  expect(text).toContain('not the same: size was week and is small')
  expect(text).toMatch(/^report .* 2\.00 .* WORSE$/m)
})

function aFigure(values: readonly number[]): Figure {
  return { name: 'report', unit: 'ms', ours: spreadOf(values) }
}

function theResults(...figures: Figure[]): Results {
  return {
    at: '2026-01-01T00:00:00.000Z',
    size: 'week',
    machine: {
      cpu: 'a processor',
      cores: 2,
      memoryGiB: 8,
      platform: 'linux x64',
      node: 'v26.0.0',
      sqlite: '3.54.1',
      duckdb: 'v1.5.6',
      loadBefore: 0,
    },
    data: { stores: 1, polls: 1, bytes: 1, seed: 1, source: 'made' },
    figures,
  }
}

function stampOf(line: string): string {
  return line.slice(line.lastIndexOf(',') + 1)
}

function latestOf(polls: readonly string[]): string {
  return polls.reduce((latest, line) => (stampOf(line) > latest ? stampOf(line) : latest), '')
}

function hourOf(line: string): number {
  return Math.floor(Date.parse(`${stampOf(line).slice(0, 19).replace(' ', 'T')}Z`) / 3_600_000)
}
