import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import type { ImportRecord } from '../../shared/import.ts'

const record = { importId: 7, source: 'a.csv', state: 'running', failure: null } as ImportRecord
const line = (event: object) => new TextEncoder().encode(`${JSON.stringify(event)}\n`)

/** A server that accepts a file, is gone then, and answers so whoever asks what became of it. */
function lostBehind(lines: readonly object[], ...answers: readonly (Partial<ImportRecord> | number)[]) {
  const asked: string[] = []
  const left = [...answers]
  const client = createStoreMonitorClient({
    url: 'http://127.0.0.1:1',
    async fetch(input, init) {
      asked.push(`${init?.method ?? 'GET'} ${(input as string).replace(/^.*:1/, '')}`)
      if (init?.method === 'POST') {
        let next = 0
        return new Response(
          new ReadableStream({
            pull(controller) {
              const event = lines[next++]
              if (event === undefined) controller.error(new TypeError('terminated'))
              else controller.enqueue(line(event))
            },
          }),
          { status: 202 },
        )
      }
      const answer = left.shift()!
      if (typeof answer === 'number') return Response.json({ detail: 'not now' }, { status: answer })
      return await Promise.resolve(Response.json({ ...record, ...answer }))
    },
  })
  return { asked, imported: () => client.importFile(new Blob(['x']), { source: 'a.csv' }) }
}

test('once a file is accepted, its import is followed where the connection is lost, also while no server is there', async () => {
  const { asked, imported } = lostBehind(
    [{ accepted: record }],
    503,
    { state: 'running' },
    { state: 'complete' },
  )
  expect(await imported()).toMatchObject({ importId: 7, state: 'complete' })
  expect(asked).toEqual(['POST /imports?source=a.csv', ...Array<string>(3).fill('GET /imports/7')])
})

test('a server that stops hands the import over, and it is followed', async () => {
  const stopping = { problem: { status: 503, detail: 'goes on elsewhere' } }
  const { imported } = lostBehind([{ accepted: record }, stopping], { state: 'failed', failure: 'no rows' })
  await expect(imported()).rejects.toMatchObject({
    code: 'invalid',
    message: 'a.csv was not imported: no rows',
  })
})

test('one that is cancelled elsewhere is told so', async () => {
  const { imported } = lostBehind([{ accepted: record }], { state: 'cancelled' })
  await expect(imported()).rejects.toMatchObject({
    code: 'conflict',
    message: 'a.csv was not imported: import 7 was cancelled',
  })
})

test('a file that was not accepted is said to be lost', async () => {
  const { asked, imported } = lostBehind([])
  await expect(imported()).rejects.toMatchObject({ code: 'unavailable' })
  expect(asked).toHaveLength(1)
})
