import { expect, test } from 'vitest'
import { createRandom } from '../bench/random.ts'
import { randomData } from '../support/random-data.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'
import { randomPieces, someWay, tableOf } from './feeding.ts'

const { files, dates } = randomData(11, 4)
const { head, rows } = tableOf(Buffer.from(files['polls.csv']!))
const asOf = '2024-11-03T12:00:00Z'
const isLater = ({ timestamp_utc }: { timestamp_utc: string }) => Date.parse(timestamp_utc) > Date.parse(asOf)

const reports = [
  { as_of: asOf },
  { as_of: asOf, interpolation: 'previous', reach: '3h' },
  { as_of: asOf, by: 'week', ...dates },
  { as_of: asOf, by: 'hour-of-week', from: '2024-10-21', to: '2024-11-03' },
]

async function reportsOf({ url }: TestServer): Promise<string[]> {
  const texts: string[] = []
  for (const options of reports) {
    const { report_url } = await finishedReport(url, options)
    texts.push(await (await fetch(`${report_url as string}?columns=all`)).text())
  }
  return texts
}

test('a report of a moment that is over has the same bytes whenever it is computed', async () => {
  await using server = await runningServer()
  for (const [name, content] of Object.entries(files)) {
    if (name !== 'polls.csv') await server.upload(content, name)
  }
  const random = createRandom(5)
  const feed = async (some: typeof rows) => {
    for (const piece of randomPieces(some, random, 90)) await someWay(random)(server, piece, head)
  }
  await feed(rows.filter((row) => !isLater(row)))
  const then = await reportsOf(server)
  await feed(rows.filter(isLater))
  expect(await reportsOf(server)).toEqual(then)
  // And of the same data that came at once.
  await using other = await runningServer()
  for (const [name, content] of Object.entries(files)) await other.upload(content, name)
  expect(await reportsOf(other)).toEqual(then)
})

test('the moment that a report looks back from is fixed when it is asked for', async () => {
  await using server = await runningServer()
  const poll = (at: string, status: string) => `store_id,status,timestamp_utc\na,${status},${at}\n`
  await server.upload(poll('2024-11-03T12:00:00Z', 'active'))
  const asked = await fetch(`${server.url}/trigger_report`, { method: 'POST' })
  const { report_id: id, as_of } = (await asked.json()) as { report_id: string; as_of: string }
  // Whether it has begun or not.
  await fetch(`${server.url}/polls`, { method: 'POST', body: poll('2024-11-03T18:00:00Z', 'inactive') })
  await finishedReport(server.url)
  const first = (await (await fetch(`${server.url}/get_report/${id}`)).json()) as Record<string, unknown>
  expect(first).toMatchObject({ status: 'Complete', as_of: '2024-11-03T12:00:00Z' })
  expect(as_of).toBe('2024-11-03T12:00:00Z')
  const again = await finishedReport(server.url, { as_of })
  const textOf = async (report: Record<string, unknown>) =>
    (await fetch(`${report['report_url'] as string}?columns=all`)).text()
  expect(await textOf(first)).toBe(await textOf(again))
  expect(await finishedReport(server.url)).toMatchObject({ as_of: '2024-11-03T18:00:00Z' })
})
