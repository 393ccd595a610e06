import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { listImportStores } from '../../../server/database/import-stores.ts'
import { failUnfinishedImports, listImports } from '../../../server/database/imports.ts'
import { createWriter } from '../../../server/ingest/writer/writer.ts'
import type { ImportId } from '../../../shared/ids.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { silenceImports } from '../../support/begun-import.ts'
import {
  importScene,
  pollFile,
  storedData,
  storedPolls,
  type ImportScene,
} from '../../support/import-scene.ts'

function manyPolls(count: number): string {
  return pollFile(
    Array.from({ length: count }, (_, i) => [`s${i % 500}`, 'active', formatTimestamp(i * 60_000)] as const),
  )
}

describe('the importer', () => {
  test('imports a folder off the main thread, telling of progress', async () => {
    await using scene = await importScene()
    await scene.write('in/polls.csv', pollFile([['s1', 'active', '2023-01-24T10:00:00Z']]))
    await scene.write('in/zones.csv', 'store_id,timezone_str\ns1,UTC\n')
    await using writer = createWriter(scene)
    const seen: ImportProgress[] = []
    const { records } = await writer.importPaths([scene.path('in')], {
      source: 'January',
      onProgress: (progress) => seen.push(progress),
    })
    expect(records.map(({ source, state }) => [source, state])).toEqual([
      ['January/zones.csv', 'complete'],
      ['January/polls.csv', 'complete'],
    ])
    expect(new Set(seen.map((progress) => progress.source))).toEqual(
      new Set(['January/zones.csv', 'January/polls.csv']),
    )
    expect(await storedPolls(scene.db)).toEqual(['s1 active 2023-01-24T10:00:00Z'])
  })

  test('imports one after the other, whatever becomes of the one before', async () => {
    await using scene = await importScene()
    const path = await scene.write('polls.csv', manyPolls(10))
    await using writer = createWriter(scene)
    const missing = writer.importPaths([scene.path('nowhere')])
    const first = writer.importPaths([path])
    const second = writer.importPaths([path])
    await expect(missing).rejects.toMatchObject({ code: 'not-found' })
    expect((await first).records.map((record) => record.rowsChanged)).toEqual([10])
    expect((await second).records.map((record) => record.rowsChanged)).toEqual([0])
  })

  test('stops when it is told to, leaving nothing half imported', async () => {
    await using scene = await importScene()
    const path = await scene.write('polls.csv', manyPolls(200_000))
    await using writer = createWriter(scene)
    const stop = new AbortController()
    const stopped = writer.importPaths([path], { signal: stop.signal, onProgress: () => stop.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'unavailable' })
    expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
    expect(await writer.importPaths([path])).toMatchObject({
      records: [{ state: 'complete', rowsChanged: 200_000 }],
    })
  })

  test('is disposed of in the middle: what runs is stopped, what waits does not begin', async () => {
    await using scene = await importScene()
    const path = await scene.write('polls.csv', manyPolls(200_000))
    const writer = createWriter(scene)
    const begun = Promise.withResolvers<void>()
    const running = writer.importPaths([path], { onProgress: () => begun.resolve() })
    const waiting = writer.importPaths([path])
    const outcomes = Promise.allSettled([running, waiting])
    await begun.promise
    await writer[Symbol.asyncDispose]()
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    const { items } = await listImports(scene.db, { limit: 10 })
    expect(items.map((record) => record.state)).toEqual(['failed'])
  })
})

/** Imports in a process of its own that is killed where it has come so far. */
async function importAndBeKilled(
  scene: ImportScene,
  path: string,
  where: string,
  options = '',
): Promise<void> {
  const module = (name: string) => JSON.stringify(new URL(`../../../server/${name}`, import.meta.url).href)
  const program = `
    import { connect } from ${module('database/connect.ts')}
    import { importPaths } from ${module('ingest/importing/import-here.ts')}
    const db = await connect(${JSON.stringify(scene.databaseUrl)})
    await importPaths(() => Promise.resolve(db), [${JSON.stringify(path)}], {
      now: Date.now,
      onProgress: ({ rowsRead, rowsStored }) => ${where} && process.kill(process.pid, 'SIGKILL'),
      ${options}
    })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program])
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
}

test('a process that is killed in the middle of an import leaves nothing of it, and importing again completes it', async () => {
  await using scene = await importScene()
  const path = await scene.write('polls.csv', manyPolls(200_000))
  await importAndBeKilled(scene, path, 'rowsRead > 100_000')

  expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
  expect((await listImports(scene.db, { limit: 1 })).items).toMatchObject([{ state: 'running' }])
  await silenceImports(scene.db)
  const later = Date.now() + 60_000
  expect(await failUnfinishedImports(scene.db, () => later)).toBe(1)
  expect((await listImports(scene.db, { limit: 1 })).items).toMatchObject([
    {
      state: 'failed',
      failure: expect.stringContaining('import the file again') as unknown,
      finishedAt: formatTimestamp(later),
    },
  ])
  expect(await scene.import(path)).toMatchObject([{ state: 'complete', rowsChanged: 200_000 }])
})

test('a process that is killed between the steps of an import leaves with each the record of its stores', async () => {
  await using scene = await importScene()
  const path = await scene.write('polls.csv', manyPolls(20_000))
  await importAndBeKilled(scene, path, 'rowsStored > 5000', 'rowsPerStep: 2000, blockBytes: 4096')
  const withPolls = async () => new Set((await storedPolls(scene.db)).map((poll) => poll.split(' ')[0]))
  const touched = async (importId: number) => {
    const query = { importId: importId as ImportId, limit: 1000, cursor: undefined }
    return new Set((await listImportStores(scene.db, query)).items.map(({ storeId }) => storeId as string))
  }
  const before = await withPolls()
  expect(before.size).toBeGreaterThan(100)
  expect(before.size).toBeLessThan(500)
  expect(await touched(1)).toEqual(before)
  await scene.import(path)
  const rest = await touched(2)
  expect([...rest].filter((id) => before.has(id))).toEqual([])
  expect(rest.size + before.size).toBe(500)
})
