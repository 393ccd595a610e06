import { expect, test } from 'vitest'
import { databaseSummary } from '../../../server/database/poll-week-summary.ts'
import { createKnownStores } from '../../../server/database/known-stores.ts'
import { createLatestPolls } from '../../../server/database/tail/latest-polls.ts'
import { createImporter } from '../../../server/ingest/importing/importer.ts'
import type { Push } from '../../../server/ingest/pushing/push-message.ts'
import { createPusher } from '../../../server/ingest/pushing/pusher.ts'
import { writePushes } from '../../../server/ingest/pushing/write-pushes.ts'
import { createWriterThread } from '../../../server/ingest/writer/writer-thread.ts'
import { createWriter } from '../../../server/ingest/writer/writer.ts'
import type { AppError } from '../../../shared/app-error.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { importScene, pollFile, storedPolls } from '../../support/import-scene.ts'

const firstMs = Date.parse('2023-01-24T10:00:00Z')

function pushOf(storeId: string, status: string, at = firstMs): Push {
  const polls = `store_id,status,timestamp_utc\n${storeId},${status},${formatTimestamp(at)}\n`
  const bytes = new Uint8Array(Buffer.from(polls))
  return { format: 'csv', bytes, firstRow: 1, source: 'test', takenInAt: firstMs + 86_400_000 }
}

function manyPolls(count: number): string {
  return pollFile(
    Array.from({ length: count }, (_, i) => [`s${i % 500}`, 'active', formatTimestamp(i * 60_000)] as const),
  )
}

test('pushes are written while a file is imported', async () => {
  await using scene = await importScene()
  const path = await scene.write('polls.csv', manyPolls(500_000))
  await using writer = createWriter(scene)
  const begun = Promise.withResolvers<void>()
  let isImporting = true
  const importing = writer
    .importPaths([path], { onProgress: () => begun.resolve() })
    .finally(() => (isImporting = false))
  await begun.promise
  let written = 0
  for (let i = 0; isImporting; i++) {
    await writer.push(pushOf('pushed', 'active', firstMs + i))
    if (isImporting) written++
  }
  expect(written).toBeGreaterThan(0)
  expect(await importing).toMatchObject({ records: [{ state: 'complete', rowsChanged: 500_000 }] })
})

test('what came last counts, whether it was pushed or imported, and is counted as what it is', async () => {
  await using scene = await importScene()
  const said = (status: string) => pollFile([['s1', status, formatTimestamp(firstMs)]])
  const active = await scene.write('active.csv', said('active'))
  await using writer = createWriter(scene)
  const imported = async () => (await writer.importPaths([active])).records[0]!.rowsChanged
  const pushed = async (status: string) => (await writer.push(pushOf('s1', status))).changed
  expect([await imported(), await pushed('active'), await pushed('inactive'), await imported()]).toEqual([
    1, 0, 1, 1,
  ])
  expect(await storedPolls(scene.db)).toEqual(['s1 active 2023-01-24T10:00:00Z'])
  expect(await databaseSummary(scene.db)).toMatchObject({ polls: 1 })
})

test('a command leaves the tail short, whatever commands before it have pushed', async () => {
  await using scene = await importScene()
  const before = { db: scene.db, latest: createLatestPolls(), stores: createKnownStores(), now: Date.now }
  for (let i = 0; i < 200; i++) await writePushes(before, [pushOf('s', 'active', firstMs + i)])
  {
    await using command = createWriter({ ...scene, startThread: 'at once' })
    await command.push(pushOf('s', 'active', firstMs + 200))
  }
  const rows = await scene.db.selectFrom('poll_tail').select('batch').execute()
  expect(rows.length).toBeLessThan(128)
  expect(await storedPolls(scene.db)).toHaveLength(201)
})

test('where the thread is lost, all who wait for it are told, and the next who ask have another', async () => {
  await using scene = await importScene()
  const path = await scene.write('polls.csv', manyPolls(200_000))
  const thread = createWriterThread(scene)
  const importer = createImporter(thread)
  const pusher = createPusher(thread)
  let pushed: Promise<unknown> | undefined
  const importing = importer.importPaths([path], {
    onProgress() {
      pushed ??= pusher.push(pushOf('p', 'active'))
      pushed.catch(() => {})
      void thread.terminate()
    },
  })
  await expect(importing).rejects.toMatchObject({ code: 'internal' })
  // It may have been written before.
  const told = await pushed!.then(
    () => 'written',
    (error: unknown) => (error as AppError).code,
  )
  expect(['written', 'unavailable']).toContain(told)
  expect(await pusher.push(pushOf('p', 'active'))).toMatchObject({ accepted: 1 })
  expect(await importer.importPaths([path])).toMatchObject({ records: [{ rowsChanged: 200_000 }] })
  await thread.end(60_000)
})
