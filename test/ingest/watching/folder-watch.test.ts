import { execFileSync } from 'node:child_process'
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { cancelImport, insertImport, listImports } from '../../../server/database/imports.ts'
import { listTakenFiles } from '../../../server/database/watched-files.ts'
import type { ImportPathsOptions } from '../../../server/ingest/importing/begin-import.ts'
import { createFolderWatch } from '../../../server/ingest/watching/folder-watch.ts'
import { AppError } from '../../../shared/app-error.ts'
import type { WatchedFolder } from '../../../shared/watched.ts'
import {
  importScene,
  noon,
  pollFile,
  storedData,
  storedPolls,
  type ImportScene,
} from '../../support/import-scene.ts'

const SETTLE_MS = 2000
const empty = { stores: [], summary: [], polls: [] }

function poll(status: string, store = 's1'): string {
  return pollFile([[store, status, '2023-01-24T10:00:00Z']])
}

interface WatchScene extends AsyncDisposable {
  readonly scene: ImportScene
  readonly folder: string
  /** What was told, and what was asked to be imported, by name. */
  readonly told: string[]
  readonly asked: string[]
  put(name: string, content: string | Uint8Array): Promise<string>
  /** Looks, lets time pass, and looks again. */
  lookTwice(): Promise<void>
  look(afterMs: number): Promise<void>
  state(): WatchedFolder
  /** As after a restart. */
  startAnew(): void
  imports(): Promise<string[]>
  /** Called in place of an import. */
  importing?: (path: string, ordinary: () => Promise<string | null>) => Promise<string | null>
  options: Partial<ImportPathsOptions>
}

async function watchScene({ movesFiles = false } = {}): Promise<WatchScene> {
  const scene = await importScene()
  const folder = scene.path('in')
  await mkdir(folder)
  let uptimeMs = 0
  let state: WatchedFolder | undefined
  const told: string[] = []
  const asked: string[] = []

  function start() {
    return createFolderWatch({
      folder,
      movesFiles,
      settleMs: SETTLE_MS,
      takeForMs: 60_000,
      now: () => noon,
      uptimeMs: () => uptimeMs,
      isEnding: () => false,
      database: () => Promise.resolve(scene.db),
      importFile(path, stamp) {
        asked.push(path.slice(folder.length + 1))
        const ordinary = async () => (await scene.import(path, { stamp, ...one.options }))[0]!.failure
        return one.importing?.(path, ordinary) ?? ordinary()
      },
      tell: (text) => told.push(text),
      onState: (now) => (state = now),
    })
  }

  let watch = start()
  const one: WatchScene = {
    scene,
    folder,
    told,
    asked,
    options: {},
    put: (name, content) => scene.write(join('in', name), content),
    async look(afterMs) {
      uptimeMs += afterMs
      await watch.look()
    },
    async lookTwice() {
      await one.look(0)
      await one.look(SETTLE_MS)
    },
    state: () => state!,
    startAnew: () => void (watch = start()),
    async imports() {
      const { items } = await listImports(scene.db, { limit: 100 })
      return items.reverse().map((record) => `${record.source.slice(folder.length + 1)} ${record.state}`)
    },
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
  return one
}

test('a file is taken when it has been the same for a while', async () => {
  await using one = await watchScene()
  const path = await one.put('a.csv', poll('active'))
  await one.look(0)
  await one.look(SETTLE_MS - 1)
  expect(one.state()).toMatchObject({
    files: 1,
    waiting: 1,
    firstWaiting: [{ name: 'a.csv', bytes: poll('active').length, reason: 'it has just come, or changed' }],
  })
  await appendFile(path, '\ns2,active,2023-01-24T10:00:00Z')
  await one.look(1)
  await one.look(SETTLE_MS - 1)
  expect(one.asked).toEqual([])
  await one.look(1)
  expect(await storedPolls(one.scene.db)).toHaveLength(2)
  expect(one.state()).toMatchObject({ files: 1, waiting: 0, firstWaiting: [] })
})

test('the last content of a path decides, also after a restart: another is imported, the same is not', async () => {
  await using one = await watchScene()
  for (const [content, polls] of [
    ['active', ['s1 active 2023-01-24T10:00:00Z']],
    ['inactive', ['s1 inactive 2023-01-24T10:00:00Z']],
    ['active', ['s1 active 2023-01-24T10:00:00Z']],
  ] as const) {
    const path = await one.put('a.csv', poll(content))
    await one.lookTwice()
    expect(await storedPolls(one.scene.db)).toEqual(polls)
    const before = one.asked.length
    await utimes(path, 1, before)
    one.startAnew()
    await one.lookTwice()
    await one.put('other', poll(content))
    await rename(join(one.folder, 'other'), path)
    await one.lookTwice()
    expect(one.asked).toHaveLength(before)
  }
  expect(one.asked).toEqual(['a.csv', 'a.csv', 'a.csv'])
  expect(one.told).toEqual([])
})

test.skipIf(process.platform === 'win32')(
  'temporary names, links, what is no file, and folders are left',
  async () => {
    await using one = await watchScene()
    const outside = await one.scene.write('outside.csv', poll('active'))
    for (const name of ['.hidden.csv', 'a.csv.part', 'b.tmp', 'C.TMP']) await one.put(name, poll('active'))
    await symlink(outside, join(one.folder, 'link.csv'))
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(one.folder, 'fifo.csv')])
    await one.put('below/c.csv', poll('active'))
    await one.put('empty.csv', '')
    await one.lookTwice()
    expect(one.asked).toEqual([])
    expect(one.state()).toMatchObject({
      files: 1,
      left: 6,
      firstWaiting: [{ name: 'empty.csv', reason: 'it is empty' }],
    })
  },
)

test('rules go before polls, and files in the order in which they were made, packed or not', async () => {
  await using one = await watchScene()
  const long = `${'n'.repeat(240)}.csv`
  const files: readonly (readonly [name: string, content: string | Uint8Array, madeAt: number])[] = [
    ['z.csv.gz', gzipSync(poll('active')), 1],
    ['b.csv.zst', zstdCompressSync(poll('active')), 2],
    ['a.csv', poll('active'), 2],
    [long, poll('active'), 3],
    ['zones.csv', 'store_id,timezone_str\ns1,UTC\n', 4],
    ['hours.csv', 'store_id,day,start_time_local,end_time_local\ns1,0,08:00,20:00\n', 5],
  ]
  for (const [name, content, madeAt] of files) await utimes(await one.put(name, content), madeAt, madeAt)
  await one.lookTwice()
  expect(one.asked).toEqual(['zones.csv', 'hours.csv', 'z.csv.gz', 'a.csv', 'b.csv.zst', long])
  expect(await one.imports()).toEqual(one.asked.map((name) => `${name} complete`))
})

test('what is broken is told, keeps no other from being imported, and is tried again when it changes', async () => {
  await using one = await watchScene()
  await one.put('a.csv', 'nonsense')
  await one.put('b.csv', poll('asleep'))
  await one.put('c.csv', poll('active'))
  await one.put('d.csv', Buffer.concat([gzipSync(poll('active')).subarray(0, 30)]))
  await one.lookTwice()
  await one.lookTwice()
  one.startAnew()
  await one.lookTwice()
  expect(await one.imports()).toEqual(['b.csv failed', 'c.csv complete'])
  expect(one.told).toEqual([
    expect.stringMatching(/a\.csv was not imported: it is of no known kind/),
    expect.stringMatching(/d\.csv was not imported: d\.csv is a damaged gzip file/),
    expect.stringMatching(/b\.csv was not imported: none of its only row can be taken; on line 2, /),
  ])
  const { items } = await listTakenFiles(one.scene.db, { limit: 10, state: 'failed' })
  expect(items.map(({ path, importId }) => [path.slice(one.folder.length + 1), importId])).toEqual([
    ['b.csv', 1],
    ['d.csv', null],
    ['a.csv', null],
  ])
  await one.put('a.csv', poll('inactive'))
  await one.lookTwice()
  expect((await one.imports()).at(-1)).toBe('a.csv complete')
})

test.each([
  ['on the thread of the import', { threadFromBytes: Infinity }],
  ['by a thread of their own', { threadFromBytes: 0 }],
])('of a file that changes while it is read %s nothing goes in, and all of it later', async (_, options) => {
  await using one = await watchScene()
  const rows = (count: number) =>
    pollFile(
      Array.from(
        { length: count },
        (_, i) => [`s${i % 7}`, 'active', new Date(i * 60_000).toISOString()] as const,
      ),
    )
  const path = await one.put('a.csv', `${rows(5000)}\n`)
  let changed: Promise<void> | undefined
  one.options = {
    ...options,
    // In several steps, each of which would go in by itself.
    rowsPerStep: 1000,
    blockBytes: 4096,
    onProgress() {
      // Whole lines, which another import would be content with.
      changed ??= appendFile(path, 's9,active,2023-01-24T10:00:00Z\n')
    },
  }
  await one.lookTwice()
  await changed
  expect(await one.imports()).toEqual(['a.csv failed'])
  expect(await storedData(one.scene.db)).toEqual(empty)
  expect(one.told).toEqual([])
  await one.lookTwice()
  expect(await storedPolls(one.scene.db)).toHaveLength(5001)
})

test('a file that another takes the place of while it is read counts, and then the other', async () => {
  await using one = await watchScene()
  const path = await one.put('a.csv', poll('active'))
  one.importing = async (_, ordinary) => {
    await one.put('.new', poll('inactive'))
    const before = await readFile(path, 'utf8')
    if (before === poll('active')) await rename(join(one.folder, '.new'), path)
    return ordinary()
  }
  await one.lookTwice()
  expect(await storedPolls(one.scene.db)).toEqual([])
  await one.lookTwice()
  expect(await storedPolls(one.scene.db)).toEqual(['s1 inactive 2023-01-24T10:00:00Z'])
})

test('what cannot be done now is told once, and tried again', async () => {
  await using one = await watchScene()
  await one.put('a.csv', poll('active'))
  await one.put('b.csv', poll('active'))
  one.importing = () => Promise.reject(new AppError('unavailable', 'the disk is full'))
  await one.lookTwice()
  await one.look(10_000)
  expect(one.asked).toEqual(['a.csv', 'a.csv'])
  expect(one.state()).toMatchObject({ problem: 'the disk is full', waiting: 2 })
  delete one.importing
  await one.look(10_000)
  expect(await one.imports()).toEqual(['a.csv complete', 'b.csv complete'])
  expect(one.told).toEqual([
    `files of ${one.folder} wait: the disk is full`,
    `${one.folder} is watched again`,
  ])
})

test('a folder that goes is told of once, and watched again when it is back', async () => {
  await using one = await watchScene()
  await one.put('a.csv', poll('active'))
  await one.lookTwice()
  await rename(one.folder, `${one.folder}-away`)
  await one.look(3000)
  await one.look(3000)
  expect(one.told).toEqual([expect.stringMatching(/wait: there is no file or folder /)])
  await rename(`${one.folder}-away`, one.folder)
  await one.lookTwice()
  expect(one.told).toHaveLength(2)
  expect(one.asked).toEqual(['a.csv'])
})

test('an import that is cancelled is not begun again before the file changes', async () => {
  await using one = await watchScene()
  await one.put('a.csv', poll('active'))
  one.importing = async (source) => {
    const { db } = one.scene
    const begun = { source, kind: 'polls', bytes: 1, owner: 'a server', startedAt: noon } as const
    await cancelImport(db, await insertImport(db, begun), noon)
    throw new AppError('conflict', 'it was not imported: import 1 was ended, and is cancelled')
  }
  await one.lookTwice()
  delete one.importing
  await one.look(600_000)
  expect(await one.imports()).toEqual(['a.csv cancelled'])
  expect(one.told).toEqual([expect.stringMatching(/a\.csv was not imported: .*cancelled$/)])
})

test('files are moved to done and failed in the folder, beside those of the same name', async () => {
  await using one = await watchScene({ movesFiles: true })
  const names = async (folder: string) => (await readdir(join(one.folder, folder))).toSorted()
  for (const status of ['active', 'inactive', 'inactive', 'asleep', 'awake']) {
    await one.put('a.csv.gz', gzipSync(poll(status)))
    await one.lookTwice()
  }
  expect(await names('done')).toEqual(['a.2.csv.gz', 'a.3.csv.gz', 'a.csv.gz'])
  expect(await names('failed')).toEqual(['a.2.csv.gz', 'a.csv.gz'])
  expect(await names('.')).toEqual(['done', 'failed'])
  // Twice the same of the name is imported once.
  expect(one.asked).toHaveLength(4)
})

test('what took the place of a file while that was imported is not moved, but imported', async () => {
  await using one = await watchScene({ movesFiles: true })
  const path = await one.put('a.csv', poll('active'))
  one.importing = async (_, ordinary) => {
    delete one.importing
    const failure = await ordinary()
    await writeFile(path, poll('inactive'))
    return failure
  }
  await one.lookTwice()
  expect(await readFile(path, 'utf8')).toBe(poll('inactive'))
  await one.lookTwice()
  expect(await storedPolls(one.scene.db)).toEqual(['s1 inactive 2023-01-24T10:00:00Z'])
  expect((await readdir(one.folder)).toSorted()).toEqual(['done'])
})

test('a file that cannot be moved is told of once, not imported again, and moved when it can be', async () => {
  await using one = await watchScene({ movesFiles: true })
  await symlink('nowhere', join(one.folder, 'done'))
  await one.put('a.csv', poll('active'))
  await one.lookTwice()
  await one.look(60_000)
  expect(one.asked).toEqual(['a.csv'])
  expect(one.told.filter((text) => text.includes('cannot be moved'))).toHaveLength(1)
  await rm(join(one.folder, 'done'), { force: true })
  await one.look(600_000)
  expect(await readdir(join(one.folder, 'done'))).toEqual(['a.csv'])
})
