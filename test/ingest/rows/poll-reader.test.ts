import { createHash } from 'node:crypto'
import { appendFile, readdir, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listImports } from '../../../server/database/imports.ts'
import { listRejectedRows } from '../../../server/database/rejected-rows.ts'
import { openFile } from '../../../server/ingest/csv/open-file.ts'
import { readHeader, type HeaderOf } from '../../../server/ingest/csv/header.ts'
import type { ImportPathsOptions } from '../../../server/ingest/importing/begin-import.ts'
import type { PollReaderMessage } from '../../../server/ingest/rows/poll-reader-message.ts'
import { startPollReader } from '../../../server/ingest/rows/poll-reader.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { importScene, noon, pollFile, storedData } from '../../support/import-scene.ts'

const inThread = { threadFromBytes: 0 }
const onThisThread = { threadFromBytes: Infinity }

function polls(count: number): string {
  return pollFile(
    Array.from({ length: count }, (_, i) => [
      `s${(i * 7919) % 97}`,
      i % 3 === 0 ? 'inactive' : 'active',
      formatTimestamp(Math.floor(i / 2) * 500_000)
        .replace('T', ' ')
        .replace('Z', ' UTC'),
    ]),
  )
}

/** Everything that an import of some text leaves. */
async function imported(text: string, options: Partial<ImportPathsOptions>): Promise<unknown> {
  await using scene = await importScene()
  const path = await scene.write('polls.csv', text)
  const [record] = await scene.import(path, options)
  const { items } = await listRejectedRows(scene.db, { limit: 1000 })
  const rejected = items.map(({ line, reason, text }) => ({ line, reason, text }))
  return { record: { ...record, source: '' }, rejected, data: await storedData(scene.db) }
}

/** Reads a file of polls that is changed once it has been opened. */
async function readOf(text: string, change: (path: string, text: string) => Promise<void>) {
  await using folder = await temporaryFolder()
  const path = folder.file('polls.csv')
  await writeFile(path, text)
  await utimes(path, 0, 0)
  await using opened = await openFile(path)
  const header = (await readHeader(opened.file)) as HeaderOf<'polls'>
  await using reader = startPollReader(
    {
      file: opened.file,
      header,
      limits: { rowsPerStep: Infinity },
      takenInAt: noon,
      stepsBehindAnswers: false,
    },
    undefined,
  )
  await change(path, text)
  await using read = await reader.read(() => {})
  for (const step of read.steps) await step.prepare()
  return { ...read, sha256: await read.sha256() }
}

/** Until the thread that starts next has sent messages of these types. */
function nextThreadHasTold(types: readonly PollReaderMessage['type'][]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const missing = new Set(types)
  process.once('worker', (worker) =>
    worker.on('message', ({ type }: PollReaderMessage) => {
      missing.delete(type)
      if (missing.size === 0) resolve()
    }),
  )
  return promise
}

describe('polls read by a thread of their own', () => {
  test('leave what they leave otherwise, in blocks and steps of any size', async () => {
    const line = fc.oneof(
      { weight: 8, arbitrary: fc.nat(40).map((i) => `s${i % 5},active,2023-01-25 23:59:${20 + i}.5 UTC`) },
      fc.constantFrom(
        's1,inactive,2023-01-25 23:59:21.5 UTC',
        '"s1",inactive,2023-01-25T23:59:22.5Z',
        's1,asleep,2023-01-25 23:59:21 UTC',
        's1,active',
        's1,"active',
        '',
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 30, max: 300 }),
        fc.integer({ min: 1, max: 20 }),
        async (lines, lineEnd, blockBytes, rowsPerStep) => {
          const text = ['store_id,status,timestamp_utc', ...lines].join(lineEnd)
          const here = await imported(text, onThisThread)
          expect(await imported(text, { ...inThread, blockBytes, rowsPerStep })).toEqual(here)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('go in after the zones and hours that are imported meanwhile, and are told of only then', async () => {
    await using scene = await importScene()
    await scene.write('in/polls.csv', polls(5000))
    await scene.write('in/zones.csv', 'store_id,timezone_str\ns1,UTC\n')
    const told: string[] = []
    const records = await scene.import(scene.path('in'), {
      ...inThread,
      onProgress: ({ source }) => told.push(source.split('/').at(-1)!),
    })
    expect(records.map(({ kind, state }) => [kind, state])).toEqual([
      ['timezones', 'complete'],
      ['polls', 'complete'],
    ])
    expect([...new Set(told)]).toEqual(['zones.csv', 'polls.csv'])
    expect(told.toSorted((a, b) => b.localeCompare(a))).toEqual(told)
  })

  test('are not imported where a file before them cannot be', async () => {
    await using scene = await importScene()
    await scene.write('in/polls.csv', polls(5000))
    const zones = gzipSync(`store_id,timezone_str\n${'s1,UTC\n'.repeat(100_000)}`)
    await scene.write('in/zones.csv.gz', zones.subarray(0, zones.length / 2))
    await expect(scene.import(scene.path('in'), inThread)).rejects.toMatchObject({ code: 'invalid' })
    const { items } = await listImports(scene.db, { limit: 10 })
    expect(items.map(({ kind, state }) => [kind, state])).toEqual([['timezones', 'failed']])
    expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
  })

  test('that cannot be read fail with the reason', async () => {
    await using scene = await importScene()
    const bytes = gzipSync(polls(20_000))
    const path = await scene.write('polls.csv.gz', bytes.subarray(0, bytes.length / 2))
    const failed = { code: 'invalid', message: expect.stringContaining('damaged gzip') as unknown }
    await expect(scene.import(path, inThread)).rejects.toMatchObject(failed)
    const { items } = await listImports(scene.db, { limit: 10 })
    expect(items).toMatchObject([{ state: 'failed', failure: failed.message }])
  })

  test('are those that the file had when it was opened, as others may append to it', async () => {
    const text = `${polls(20_000)}\n`
    const { rejected, sha256 } = await readOf(text, (path) => appendFile(path, 'what is appended meanwhile'))
    expect(rejected).toBe(0)
    expect(sha256).toBe(createHash('sha256').update(text).digest('hex'))
  })

  test.each([
    ['removed', (path: string) => rm(path)],
    ['replaced', (path: string) => writeFile(`${path}.new`, 'x').then(() => rename(`${path}.new`, path))],
  ])('are read where the file is %s meanwhile', async (_, change) => {
    const text = polls(20_000)
    const { sha256 } = await readOf(text, change)
    expect(sha256).toBe(createHash('sha256').update(text).digest('hex'))
  })

  test.each([
    ['cut short', (path: string, text: string) => truncate(path, Math.floor(text.length / 2))],
    ['going on with its last line', (path: string) => appendFile(path, '0 UTC')],
    ['overwritten', (path: string, text: string) => writeFile(path, text, { flag: 'r+' })],
  ])('fail where the file is %s meanwhile', async (_, change) => {
    await expect(readOf(polls(20_000), change)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/polls.csv was changed while it was read: import it again$/) as unknown,
    })
  })

  test('are there for who asks when the thread is done', async () => {
    const told = nextThreadHasTold(['polls', 'hashed'])
    const { steps } = await readOf(polls(2000), () => told)
    expect(steps.map(({ rows }) => rows)).toEqual([2000])
  })

  test('are all of a gzipped file with bytes behind its end', async () => {
    const bytes = Buffer.concat([gzipSync(polls(2000)), Buffer.alloc(1_000_000)])
    await using scene = await importScene()
    const path = await scene.write('polls.csv.gz', bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const complete = { state: 'complete', rowsAccepted: 2000, bytes: bytes.length, sha256 }
    expect(await scene.import(path, inThread)).toMatchObject([complete])
    expect(await scene.import(path, onThisThread)).toMatchObject([complete])
  })

  test.each([
    ['while they are read', 0],
    ['while they go in', 1],
  ])('are stopped %s, and leave nothing on disk', async (_, rowsStored) => {
    await using scene = await importScene()
    await using folder = await temporaryFolder()
    const path = await scene.write('polls.csv', polls(20_000))
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = folder.path
    try {
      const stop = new AbortController()
      const stopped = scene.import(path, {
        ...inThread,
        rowsPerStep: 5000,
        signal: stop.signal,
        onProgress: (progress) => progress.rowsStored >= rowsStored && stop.abort(),
      })
      await expect(stopped).rejects.toMatchObject({ code: 'unavailable' })
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
    expect(await readdir(folder.path)).toEqual([])
    expect((await listImports(scene.db, { limit: 10 })).items).toMatchObject([{ state: 'failed' }])
    expect(await scene.import(path, inThread)).toMatchObject([{ state: 'complete', rowsAccepted: 20_000 }])
  })
})
