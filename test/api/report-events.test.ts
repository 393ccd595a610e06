import { expect, test } from 'vitest'
import { eventStream } from '../../server/api/rest/event-stream.ts'
import { reportEvents } from '../../server/api/rest/report-events.ts'
import { reportStatusOf } from '../../server/api/rest/schemas.ts'
import { reportId } from '../../shared/ids.ts'
import type { Report } from '../../shared/report.ts'

const report: Report = {
  reportId: reportId.parse('6f1c4d8e-33a0-4f57-a3c5-0d6f2a6f6a11'),
  state: 'running',
  asOf: '2023-01-25T18:13:22Z',
  interpolation: 'nearest',
  reach: '24h',
  corrections: 'applied',
  by: null,
  from: null,
  to: null,
  labels: [],
  progress: { storesDone: 0, storesTotal: 5 },
  failure: null,
  requestedAt: '2023-01-25T18:13:22Z',
  startedAt: '2023-01-25T18:13:22Z',
  programVersion: null,
  zoneDataVersion: null,
  finishedAt: null,
}

const eventsOf = (states: AsyncGenerator<Report, void>) =>
  reportEvents({
    states,
    statusOf: (report) => reportStatusOf(report, 'http://a'),
    lastEventId: undefined,
  })

test('a reader who goes away ends the watching', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  async function* states(): AsyncGenerator<Report, void> {
    try {
      for (let storesDone = 0; ; storesDone++) yield { ...report, progress: { storesDone, storesTotal: 5 } }
    } finally {
      end()
    }
  }
  const stream = eventStream(eventsOf(states()), (error) => expect.fail(String(error)))
  const reader = stream.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toMatch(
    /^event: running\n.*\nid: running-0\n\n$/,
  )
  await reader.cancel()
  await ended
})

test('an error of the server itself is told to the reader and to the operator', async () => {
  const errors: unknown[] = []
  // oxlint-disable-next-line require-yield
  async function* states(): AsyncGenerator<Report, void> {
    throw new Error('the disk is full')
  }
  const stream = eventStream(eventsOf(states()), (error) => errors.push(error))
  expect(await new Response(stream).text()).toMatch(/^event: problem\ndata: \{.*"status":500,.*\}\n\n$/)
  expect(errors).toEqual([new Error('the disk is full')])
})
