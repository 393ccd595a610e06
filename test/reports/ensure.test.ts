import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { pollFile } from '../support/import-scene.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const hoursOf = (status: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => {
    const hour = String(from + i).padStart(2, '0')
    return ['s1', status, `2023-01-24 ${hour}:00 UTC`] as const
  })

async function aServer(): Promise<TestServer> {
  const server = await runningServer()
  await server.upload(pollFile(hoursOf('active', 0, 12)), 'store_status.csv')
  return server
}

test('a report is found again while the data are the same, also by several who ask at once', async () => {
  await using server = await aServer()
  const client = createStoreMonitorClient({ url: server.url })
  const asked = await Promise.all(Array.from({ length: 5 }, () => client.report.ensure.mutate()))
  const [{ reportId }] = asked as [(typeof asked)[0]]
  expect(new Set(asked.map((report) => report.reportId)).size).toBe(1)
  for await (const { state } of client.watchReport(reportId)) {
    expect((await client.report.ensure.mutate({ asOf: '2023-01-24T11:00:00Z' })).reportId).toBe(reportId)
    if (state === 'complete') break
  }
  expect(await client.report.ensure.mutate({})).toMatchObject({ reportId, state: 'complete' })
})

test('another one is made for other options, and when polls or corrections have changed since', async () => {
  await using server = await aServer()
  const client = createStoreMonitorClient({ url: server.url })
  const idOf = async (options: Parameters<typeof client.report.ensure.mutate>[0]) =>
    (await client.report.ensure.mutate(options)).reportId
  const viewpoints = [
    {},
    { reach: '90m' },
    { interpolation: 'previous' },
    { corrections: 'ignored' },
    { labels: 'city=Bonn' },
    { asOf: '2023-01-24T10:00:00Z' },
  ] as const
  const ids = new Set<string>()
  for (const viewpoint of viewpoints) ids.add(await idOf(viewpoint))
  expect(ids.size).toBe(viewpoints.length)
  for (const viewpoint of viewpoints) expect(ids).toContain(await idOf(viewpoint))

  const asOf = '2023-01-24T10:00:00Z'
  const before = await idOf({ asOf })
  await server.upload(pollFile(hoursOf('active', 0, 12)), 'again.csv')
  expect(await idOf({ asOf })).toBe(before)
  await server.upload(pollFile(hoursOf('inactive', 5, 6)), 'changed.csv')
  const afterImport = await idOf({ asOf })
  expect(afterImport).not.toBe(before)

  const { correctionId } = await client.correction.create.mutate({
    storeId: 's1',
    from: '2023-01-24T05:00:00Z',
    to: '2023-01-24T06:00:00Z',
    kind: 'excused',
    reason: 'power cut',
  })
  const corrected = await idOf({ asOf })
  expect(corrected).not.toBe(afterImport)
  await client.correction.revoke.mutate({ correctionId })
  expect(await idOf({ asOf })).not.toBe(corrected)
})

test('a report that was removed is made anew, and without polls there is none', async () => {
  await using server = await aServer()
  const client = createStoreMonitorClient({ url: server.url })
  await using empty = await runningServer()
  await expect(createStoreMonitorClient({ url: empty.url }).report.ensure.mutate()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/no polls/) as unknown,
  })
  const { reportId } = await client.report.ensure.mutate()
  for await (const { state } of client.watchReport(reportId)) if (state === 'complete') break
  await client.report.delete.mutate({ reportId })
  expect((await client.report.ensure.mutate()).reportId).not.toBe(reportId)
})
