import { readFile, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createWriteStream } from 'node:fs'
import { expect, test } from 'vitest'
import { cancelImport, getImport } from '../../../server/database/imports.ts'
import type { Db } from '../../../server/database/connect.ts'
import { forsakenUploads, keptTotals } from '../../../server/database/uploads.ts'
import type { Importer, ImporterOptions } from '../../../server/ingest/importing/importer.ts'
import { createKeptUploads, type KeptUploads } from '../../../server/ingest/uploading/kept-uploads.ts'
import { createWriter } from '../../../server/ingest/writer/writer.ts'
import { usualLimits } from '../../../server/limits/setting.ts'
import { uploadsFinding } from '../../../server/observe/doctor/uploads-finding.ts'
import { AppError } from '../../../shared/app-error.ts'
import type { ImportId } from '../../../shared/ids.ts'
import { importScene, noon, pollFile, type ImportScene } from '../../support/import-scene.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const polls = pollFile([['s1', 'active', '2023-01-24T10:00:00Z']])
const times = { claimMs: 60_000, everyMs: 5 }
/** As if its process were gone: what it has is given up at once. */
const gone = { claimMs: 0, everyMs: 1 << 30 }
const nothing = { uploads: 0, bytes: 0 }

type Import = (text: string, options: ImporterOptions) => Promise<unknown>

function uploadsOf(
  scene: ImportScene,
  importFile: Import | Importer,
  ofTime = times,
  { writing = scene.db, lasting = scene.db }: { readonly writing?: Db; readonly lasting?: Db } = {},
): KeptUploads {
  const importer =
    typeof importFile === 'function'
      ? {
          async importPaths([path]: readonly string[], options: ImporterOptions = {}) {
            await importFile(await readFile(path!, 'utf8'), options)
            return { records: [await getImport(scene.db, options.kept!.importId)], ignored: [] }
          },
        }
      : importFile
  return createKeptUploads({
    reading: scene.db,
    writing,
    lasting: () => Promise.resolve(lasting),
    importer,
    limits: { ...usualLimits, uploads: 3 },
    async spooled(bytes) {
      const folder = await temporaryFolder()
      const path = folder.file('upload.csv')
      await pipeline(bytes, createWriteStream(path))
      return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
    },
    now: () => noon,
    onError: (error) => expect.unreachable(String(error)),
    times: ofTime,
  })
}

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text))
}

async function acknowledged(uploads: KeptUploads, scene: ImportScene, source: string, text = polls) {
  await using coming = await uploads.begin()
  const path = await scene.write(source, '')
  const pieces: Uint8Array[] = []
  for await (const piece of coming.keeping(bodyOf(text))) pieces.push(piece)
  await writeFile(path, Buffer.concat(pieces))
  return await coming.acknowledge({ path, source, by: 'somebody', maxRejected: { rows: 2 } })
}

/** Uploads that were acknowledged by a process that is gone. */
async function left(scene: ImportScene, ...sources: readonly string[]): Promise<void> {
  await using uploads = uploadsOf(scene, () => Promise.reject(new Error('it is gone')), gone)
  for (const source of sources) await acknowledged(uploads, scene, source)
}

const never = () => new Promise(() => {})

test('what one left that is gone is imported by another as it was to be, in the order in which it came', async () => {
  await using scene = await importScene()
  await left(scene, 'a.csv', 'b.csv')
  expect(await forsakenUploads(scene.db, 0)).toBe(2)
  await scene.db.updateTable('upload').set({ claimed_until: 0 }).execute()
  expect(await uploadsFinding(scene.db)).toMatchObject({
    state: 'warning',
    what: expect.stringMatching(/^2 wait to be imported, .* at 2 of them for a minute$/) as unknown,
  })
  await using writer = createWriter(scene)
  const seen: [string | undefined, unknown][] = []
  const importer: Importer = {
    stop: () => writer.stop(),
    async importPaths(paths, options = {}) {
      seen.push([options.source, [options.by, options.maxRejected]])
      return writer.importPaths(paths, options)
    },
  }
  await using uploads = uploadsOf(scene, importer)
  uploads.start()
  await expect.poll(() => keptTotals(scene.db)).toEqual(nothing)
  expect(await uploadsFinding(scene.db)).toMatchObject({ state: 'ok', what: 'none waits to be imported' })
  const asAsked = ['somebody', { rows: 2 }]
  expect(seen).toEqual([
    ['a.csv', asAsked],
    ['b.csv', asAsked],
  ])
  const records = await Promise.all([1, 2].map((id) => getImport(scene.db, id as ImportId)))
  expect(records).toMatchObject([
    { source: 'a.csv', state: 'complete', rowsChanged: 1 },
    { source: 'b.csv', state: 'complete', rowsChanged: 0 },
  ])
})

test('of many that look at once, one takes an upload, and keeps it for as long as it is at it', async () => {
  await using scene = await importScene()
  await left(scene, 'a.csv')
  let imports = 0
  const ended = Promise.withResolvers<void>()
  const importFile: Import = () => {
    imports++
    return ended.promise
  }
  await using parts = new AsyncDisposableStack()
  for (let i = 0; i < 5; i++) {
    parts.use(uploadsOf(scene, importFile, { claimMs: 1500, everyMs: 5 })).start()
  }
  await expect.poll(() => imports).toBe(1)
  expect(await forsakenUploads(scene.db, 0)).toBe(0)
  ended.resolve()
  await expect.poll(() => forsakenUploads(scene.db, 0)).toBe(0)
  expect(imports).toBe(1)
})

test('an upload that did not come to its end is removed by others, also where its process goes on later', async () => {
  await using scene = await importScene()
  await using slow = uploadsOf(scene, never, gone)
  await using coming = await slow.begin()
  const path = await scene.write('a.csv', polls)
  for await (const _ of coming.keeping(bodyOf(polls)))
    expect(await keptTotals(scene.db)).toMatchObject({ uploads: 1 })
  await using others = uploadsOf(scene, never)
  others.start()
  await expect.poll(() => keptTotals(scene.db)).toEqual(nothing)
  await expect(coming.acknowledge({ path, source: 'a.csv', by: null })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('send the file again') as unknown,
  })
})

test('what may pass is tried again, and what may not is recorded as failed', async () => {
  await using scene = await importScene()
  await using uploads = uploadsOf(scene, (text) =>
    Promise.reject(new AppError(text === polls ? 'unavailable' : 'internal', 'it went wrong')),
  )
  const passing = await acknowledged(uploads, scene, 'a.csv')
  const lasting = await acknowledged(uploads, scene, 'b.csv', `${polls}\n`)
  await expect(passing.importHere({ isAwaited: () => true })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('GET /imports/1 tells') as unknown,
  })
  await expect(lasting.importHere({ isAwaited: () => true })).rejects.toThrow('it went wrong')
  expect(await getImport(scene.db, 1 as ImportId)).toMatchObject({ state: 'running' })
  expect(await getImport(scene.db, 2 as ImportId)).toMatchObject({
    state: 'failed',
    failure: 'it went wrong',
  })
  expect(await keptTotals(scene.db)).toMatchObject({ uploads: 1 })
})

test('a file of which processes die again and again is given up', async () => {
  await using scene = await importScene()
  await left(scene, 'a.csv')
  await scene.db.updateTable('upload').set({ attempts: 10 }).execute()
  await using uploads = uploadsOf(scene, never)
  uploads.start()
  await expect.poll(() => keptTotals(scene.db)).toEqual(nothing)
  expect(await getImport(scene.db, 1 as ImportId)).toMatchObject({
    state: 'failed',
    failure: expect.stringMatching(/^given up: 10 times/) as unknown,
  })
})

test('what was kept and is damaged, or not all there, is not imported', async () => {
  await using scene = await importScene()
  await left(scene, 'a.csv', 'b.csv')
  await scene.db
    .updateTable('upload_chunk')
    .set({ bytes: Buffer.from('otherwise') })
    .where('upload_id', '=', 1)
    .execute()
  await scene.db.deleteFrom('upload_chunk').where('upload_id', '=', 2).execute()
  await using uploads = uploadsOf(scene, never)
  uploads.start()
  await expect.poll(() => keptTotals(scene.db)).toEqual(nothing)
  for (const id of [1, 2]) {
    expect(await getImport(scene.db, id as ImportId)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('is damaged') as unknown,
    })
  }
})

test('one that is cancelled is not taken, and kept no longer', async () => {
  await using scene = await importScene()
  await left(scene, 'a.csv')
  await cancelImport(scene.db, 1 as ImportId, noon)
  await using uploads = uploadsOf(scene, () => expect.unreachable('it was cancelled'))
  uploads.start()
  await expect.poll(() => keptTotals(scene.db)).toEqual(nothing)
  expect(await getImport(scene.db, 1 as ImportId)).toMatchObject({ state: 'cancelled' })
})

test('told to stop, it gives back at once what nobody waits for', async () => {
  await using scene = await importScene()
  const uploads = uploadsOf(scene, never)
  const one = await acknowledged(uploads, scene, 'a.csv')
  const importing = one.importHere({ isAwaited: () => false })
  importing.catch(() => {}) // looked at below
  expect(await forsakenUploads(scene.db, 0)).toBe(0)
  uploads.stop()
  await expect(importing).rejects.toMatchObject({ code: 'unavailable' })
  expect(await forsakenUploads(scene.db, 0)).toBe(1)
  await expect(uploads.begin()).rejects.toMatchObject({ code: 'unavailable' })
  await uploads[Symbol.asyncDispose]()
})

test('no more wait than the limit says', async () => {
  await using scene = await importScene()
  await left(scene, 'a.csv', 'b.csv', 'c.csv')
  await using uploads = uploadsOf(scene, never)
  await expect(uploads.begin()).rejects.toMatchObject({ code: 'busy', limit: 'uploads' })
})

test('what a process is at it does not take once more, though it was frozen until its claim ran out', async () => {
  await using scene = await importScene()
  const ended = Promise.withResolvers<void>()
  const seen: (string | undefined)[] = []
  const importFile: Import = (_, { source }) => {
    seen.push(source)
    return source === 'a.csv' ? ended.promise : Promise.resolve()
  }
  await using uploads = uploadsOf(scene, importFile, { claimMs: 0, everyMs: 5 })
  const one = await acknowledged(uploads, scene, 'a.csv')
  const importing = one.importHere({ isAwaited: () => true })
  await left(scene, 'b.csv')
  uploads.start()
  await expect.poll(() => seen).toContain('b.csv')
  expect(seen.filter((source) => source === 'a.csv')).toHaveLength(1)
  ended.resolve()
  await importing
})

test('one that came as a whole is imported, also where the database was gone before that was told', async () => {
  await using scene = await importScene()
  const lost = () => new AppError('unavailable', 'the connection was lost')
  const lasting = new Proxy(scene.db, {
    get(db, name) {
      if (name !== 'transaction') return name === 'getExecutor' ? () => db.getExecutor() : undefined
      return () => ({
        async execute(work: Parameters<ReturnType<Db['transaction']>['execute']>[0]) {
          await db.transaction().execute(work)
          throw lost()
        },
      })
    },
  })
  let isGone = false
  const writing = scene.db.withPlugin({
    transformQuery({ node }) {
      if (isGone && node.kind === 'SelectQueryNode') throw lost()
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  })
  await using writer = createWriter(scene)
  const short = { claimMs: 100, everyMs: 5 }
  await using first = uploadsOf(scene, writer, short, { lasting })
  await expect(acknowledged(first, scene, 'a.csv')).rejects.toThrow('lost')
  await using second = uploadsOf(scene, writer, short, { writing })
  isGone = true
  await expect(acknowledged(second, scene, 'b.csv')).rejects.toThrow('lost')
  isGone = false
  second.start()
  await expect.poll(() => keptTotals(scene.db)).toEqual(nothing)
  for (const id of [1, 2])
    expect(await getImport(scene.db, id as ImportId)).toMatchObject({ state: 'complete' })
})
