import { beforeAll, expect, test } from 'vitest'
import { parseTimestamp } from '../../shared/timestamp.ts'
import { createRandom } from '../bench/random.ts'
import { randomData } from '../support/random-data.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'
import { randomPieces, someWay, tableOf, ways, type PollRow } from './feeding.ts'

const { files, dates } = randomData(7, 5)
const { 'polls.csv': polls, ...rules } = files
const { head, rows } = tableOf(Buffer.from(polls!))
const timeOf = (row: PollRow) => parseTimestamp(row.timestamp_utc)
const inOrder = rows.toSorted((a, b) => timeOf(a) - timeOf(b))

/** Everything that answers what the stores were, by name. */
async function answersOf(server: TestServer): Promise<Record<string, string>> {
  const { url } = server
  for (const [name, content] of Object.entries(rules)) await server.upload(content, name)
  const latest = new Date(timeOf(inOrder.at(-1)!)).toISOString()
  const since = `since=${dates.from}&until=${dates.to}&as_of=${latest}&format=csv`
  const paths = {
    export: '/polls?format=csv',
    outages: `/outages?${since}`,
    timeline: `/stores/r-001/timeline?since=2024-10-25&until=2024-11-02&as_of=${latest}&format=csv`,
    history: `/stores/r-002/history?by=day&${since}`,
  }
  const answers: Record<string, string> = {}
  for (const [name, path] of Object.entries(paths)) answers[name] = await (await fetch(url + path)).text()
  const reports = {
    windows: {},
    previous: { as_of: '2024-11-03T12:00:00Z', interpolation: 'previous', reach: '90m' },
    weeks: { by: 'week', ...dates },
    days: { by: 'day', ...dates, corrections: 'ignored' },
  }
  for (const [name, options] of Object.entries(reports)) {
    const report = await finishedReport(url, options)
    answers[name] = await (await fetch(`${report['report_url'] as string}?columns=all`)).text()
  }
  expect(server.errors).toEqual([])
  return answers
}

async function fed(feed: (server: TestServer) => Promise<void>): Promise<Record<string, string>> {
  await using server = await runningServer()
  await feed(server)
  return await answersOf(server)
}

let atOnce: Record<string, string>
beforeAll(async () => {
  atOnce = await fed((server) => ways.upload(server, rows, head))
})

test('one file of all polls is answered with something to compare', () => {
  for (const [name, answer] of Object.entries(atOnce)) {
    expect(answer.split('\n').length, name).toBeGreaterThan(5)
  }
})

test('a file for each hour gives the same answers as one of all', { timeout: 120_000 }, async () => {
  const hours = Map.groupBy(inOrder, (row) => Math.floor(timeOf(row) / 3_600_000))
  expect(hours.size).toBeGreaterThan(400)
  const answers = await fed(async (server) => {
    for (const [hour, ofHour] of hours) await (hour % 2 ? ways.csv : ways.upload)(server, ofHour, head)
  })
  expect(answers).toEqual(atOnce)
})

test('so do polls one by one, many at once', { timeout: 120_000 }, async () => {
  const answers = await fed(async (server) => {
    for (let from = 0; from < rows.length; from += 64) {
      await Promise.all(inOrder.slice(from, from + 64).map((row) => ways.json(server, [row])))
    }
  })
  expect(answers).toEqual(atOnce)
})

test.each([1, 2, 3])(
  'so do batches of any size in any order, by every way in (%s)',
  { timeout: 120_000 },
  async (seed) => {
    const random = createRandom(seed)
    const pieces = randomPieces(rows, random, [400, 60, 8][seed - 1]!)
    const answers = await fed(async (server) => {
      for (const piece of pieces) await someWay(random)(server, piece, head)
    })
    expect(answers).toEqual(atOnce)
  },
)

test('and so does what was said otherwise before', async () => {
  const answers = await fed(async (server) => {
    const other = rows.map(({ line, ...row }) => {
      const isUp = row.status === 'active'
      return {
        ...row,
        status: isUp ? 'inactive' : 'active',
        line: isUp ? line.replace('active', 'inactive') : line.replace('inactive', 'active'),
      }
    })
    await ways.lines(server, other)
    await finishedReport(server.url, { by: 'week', ...dates })
    const random = createRandom(4)
    for (const piece of randomPieces(rows, random, 150)) await someWay(random)(server, piece, head)
  })
  expect(answers).toEqual(atOnce)
})
