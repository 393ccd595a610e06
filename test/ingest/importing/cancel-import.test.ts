import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { connect } from '../../../server/database/connect.ts'
import {
  beatImport,
  cancelImport,
  completeImport,
  failUnfinishedImports,
  getImport,
  insertImport,
  listImports,
  updateImportCounts,
} from '../../../server/database/imports.ts'
import { writeAlone } from '../../../server/database/write-alone.ts'
import { watchUnfinishedImports } from '../../../server/ingest/importing/unfinished-imports.ts'
import type { ImportId } from '../../../shared/ids.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { silenceImports } from '../../support/begun-import.ts'
import {
  importScene,
  noon,
  pollFile,
  storedData,
  storedPolls,
  type ImportScene,
} from '../../support/import-scene.ts'
import { databaseType } from '../../support/test-database.ts'

const nothing = { stores: [], summary: [], polls: [] }
const cancelledMeanwhile = {
  code: 'conflict',
  message: expect.stringMatching(
    /polls\.csv was not imported: import 1 was ended, and is cancelled$/,
  ) as unknown,
}

function polls(count: number): string {
  return pollFile(
    Array.from({ length: count }, (_, i) => [`s${i % 50}`, 'active', formatTimestamp(i * 60_000)] as const),
  )
}

function begunImport(scene: ImportScene, startedAt = noon): Promise<ImportId> {
  return insertImport(scene.db, { source: 'a.csv', kind: 'polls', bytes: 1, owner: 'another', startedAt })
}

function own(importId: ImportId) {
  return { importId, owner: 'another' }
}

test.each([
  ['on the thread of the import', Infinity],
  ['by a thread of their own', 0],
])(
  'polls that are read %s when their import is cancelled elsewhere do not go in',
  async (_, threadFromBytes) => {
    await using scene = await importScene()
    await using elsewhere = await connect(scene.databaseUrl)
    const path = await scene.write('polls.csv', polls(20_000))
    let cancelled: Promise<unknown> | undefined
    const importing = scene.import(path, {
      threadFromBytes,
      blockBytes: 1024,
      heartbeatEveryMs: 1,
      onProgress() {
        cancelled ??= cancelImport(elsewhere, 1 as ImportId, noon)
      },
    })
    await expect(importing).rejects.toMatchObject(cancelledMeanwhile)
    expect(await cancelled).toMatchObject({
      state: 'cancelled',
      finishedAt: formatTimestamp(noon),
      failure: null,
    })
    expect(await storedData(scene.db)).toEqual(nothing)
    expect((await listImports(scene.db, { limit: 9 })).items).toEqual([await cancelled])
    expect(await scene.import(path)).toMatchObject([{ state: 'complete', rowsChanged: 20_000 }])
  },
)

test('an import that is cancelled before its rows go in is rolled back, though no heartbeat told it', async () => {
  await using scene = await importScene()
  await using elsewhere = await connect(scene.databaseUrl)
  const path = await scene.write('polls.csv', polls(100))
  const cancelled = Promise.withResolvers<unknown>()
  let isAsked = false
  // On PostgreSQL, the import would else be over before the statement that cancels it has arrived.
  await using holding = await heldUntil(scene.databaseUrl, cancelled.promise)
  const importing = scene.import(path, {
    heartbeatEveryMs: 1 << 30,
    onProgress() {
      if (!isAsked) cancelled.resolve(cancelImport(elsewhere, 1 as ImportId, noon))
      isAsked = true
    },
  })
  await expect(importing).rejects.toMatchObject(cancelledMeanwhile)
  await cancelled.promise
  await holding.released
  expect(await storedData(scene.db)).toEqual(nothing)
})

/** Keeps others from writing data until then; SQLite's one writer is who cancels. */
async function heldUntil(databaseUrl: string, end: Promise<unknown>) {
  const db = await connect(databaseUrl)
  if (databaseType === 'sqlite') return { released: end, [Symbol.asyncDispose]: () => db.destroy() }
  const taken = Promise.withResolvers<void>()
  const released = writeAlone(db, 'data', async () => {
    taken.resolve()
    await end
  })
  await taken.promise
  return { released, [Symbol.asyncDispose]: () => db.destroy() }
}

test('of a large file that is cancelled, the steps that went in stay, and the record says how much that is', async () => {
  await using scene = await importScene()
  await using elsewhere = await connect(scene.databaseUrl)
  const path = await scene.write('polls.csv', polls(1000))
  let cancelled: Promise<unknown> | undefined
  const importing = scene.import(path, {
    blockBytes: 512,
    rowsPerStep: 100,
    heartbeatEveryMs: 1,
    onProgress({ rowsStored }) {
      if (rowsStored > 300) cancelled ??= cancelImport(elsewhere, 1 as ImportId, noon)
    },
  })
  await expect(importing).rejects.toMatchObject({ code: 'conflict' })
  await cancelled
  const { state, rowsAccepted } = await getImport(scene.db, 1 as ImportId)
  expect(state).toBe('cancelled')
  expect(rowsAccepted).toBeGreaterThan(300)
  expect(rowsAccepted).toBeLessThan(1000)
  expect(await storedPolls(scene.db)).toHaveLength(rowsAccepted)
})

test('an import is cancelled once; one that has ended, or is not there, cannot be', async () => {
  await using scene = await importScene()
  const importId = await begunImport(scene)
  const cancelled = await cancelImport(scene.db, importId, noon)
  expect(await cancelImport(scene.db, importId, noon + 1)).toEqual(cancelled)
  await scene.import(await scene.write('polls.csv', polls(1)))
  await expect(cancelImport(scene.db, 2 as ImportId, noon)).rejects.toMatchObject({
    code: 'conflict',
    message: 'import 2 cannot be cancelled: it is complete',
  })
  await expect(cancelImport(scene.db, 3 as ImportId, noon)).rejects.toMatchObject({ code: 'not-found' })
})

test('of cancelling and completing at once, one is done', async () => {
  await using scene = await importScene()
  await using elsewhere = await connect(scene.databaseUrl)
  for (let race = 0; race < 20; race++) {
    const importId = await begunImport(scene)
    const completing = scene.db.transaction().execute(async (tx) => {
      await updateImportCounts(tx, own(importId), {
        accepted: 1,
        changed: { rows: 1, storeKeys: [1] },
        rejected: 0,
      })
      await completeImport(tx, own(importId), { sha256: 'x', finishedAt: noon })
    })
    const outcomes = await Promise.allSettled([completing, cancelImport(elsewhere, importId, noon)])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const { state, rowsAccepted } = await getImport(scene.db, importId)
    expect([state, rowsAccepted]).toEqual(
      outcomes[0].status === 'fulfilled' ? ['complete', 1] : ['cancelled', 0],
    )
  }
})

test('only an import that gives no sign of life is taken for dead', async () => {
  await using scene = await importScene()
  const dead = await begunImport(scene)
  const alive = await begunImport(scene)
  expect(await failUnfinishedImports(scene.db, () => noon)).toBe(0)
  await silenceImports(scene.db)
  expect(await beatImport(scene.db, own(alive))).toBe(true)
  expect(await failUnfinishedImports(scene.db, () => noon)).toBe(1)
  expect(await getImport(scene.db, dead)).toMatchObject({
    state: 'failed',
    failure: expect.stringMatching(/^interrupted/) as unknown,
  })
  expect(await getImport(scene.db, alive)).toMatchObject({ state: 'running' })
  expect(await beatImport(scene.db, own(dead))).toBe(false)
})

test('an import whose process dies while others watch does not stay running', async () => {
  await using scene = await importScene()
  const importId = await begunImport(scene)
  await using watch = await watchUnfinishedImports(scene.db, {
    now: () => noon,
    onError: (error) => expect.unreachable(String(error)),
    everyMs: 1,
  })
  expect(watch).toBeDefined()
  expect(await getImport(scene.db, importId)).toMatchObject({ state: 'running' })
  await silenceImports(scene.db)
  await expect.poll(async () => (await getImport(scene.db, importId)).state).toBe('failed')
})

test('a starting process leaves the import of another that is alive, which then completes', async () => {
  await using scene = await importScene()
  const path = await scene.write('polls.csv', polls(20_000))
  const module = (name: string) => JSON.stringify(new URL(`../../../server/${name}`, import.meta.url).href)
  const program = `
    import { connect } from ${module('database/connect.ts')}
    import { importPaths } from ${module('ingest/importing/import-here.ts')}
    const db = await connect(${JSON.stringify(scene.databaseUrl)})
    await importPaths(() => Promise.resolve(db), [${JSON.stringify(path)}], {
      now: Date.now,
      heartbeatEveryMs: 5,
      blockBytes: 1024,
      onProgress: ({ rowsRead, rowsStored }) => rowsRead > 10_000 && rowsStored === 0 && process.send('reading'),
    })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  expect(await failUnfinishedImports(scene.db, Date.now)).toBe(0)
  const [code] = (await once(child, 'exit')) as [number | null]
  expect(code).toBe(0)
  expect((await listImports(scene.db, { limit: 1 })).items).toMatchObject([{ state: 'complete' }])
})
