import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { listImports } from '../../../server/database/imports.ts'
import { listRejectedRows } from '../../../server/database/rejected-rows.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import { importScene, pollFile, storedData } from '../../support/import-scene.ts'

const header = 'store_id,status,timestamp_utc\n'
const MIB = 1024 * 1024

test.each([
  ['on the thread of the import', Infinity],
  ['by a thread of its own', 0],
])(
  'a file read %s is given up after 100,000 rejected rows without a good one',
  async (_, threadFromBytes) => {
    await using scene = await importScene()
    const path = await scene.write('polls.csv.gz', gzipSync(header + '"a\n'.repeat(1_000_000)))
    const [record] = await scene.import(path, { threadFromBytes, blockBytes: 64 * 1024 })
    expect(record).toMatchObject({
      state: 'failed',
      failure: `none of its first ${record!.rowsRejected} rows can be taken; on line 2, a quoted field is opened and not closed on the line`,
      rowsAccepted: 0,
    })
    expect(record!.rowsRejected).toBeGreaterThanOrEqual(100_000)
    expect(record!.rowsRejected).toBeLessThan(200_000)
    expect((await listRejectedRows(scene.db, { limit: 1000 })).items).toHaveLength(1000)
  },
)

test('a file is not given up once it has had a good row', async () => {
  await using scene = await importScene()
  const good = 's1,active,2023-01-24T10:00Z\n'
  const path = await scene.write(
    'polls.csv',
    `${header}${good}${'"a\n'.repeat(30)}${good.replace('s1', 's2')}`,
  )
  const options = { limits: { rowsInVain: 10 }, blockBytes: 16 }
  expect(await scene.import(path, options)).toMatchObject([
    { state: 'complete', rowsAccepted: 2, rowsRejected: 30 },
  ])
})

test.each([
  ['rows', 's1,active,2023-01-24 10:00:00 UTC\n'],
  ['blank lines', '\n'],
  ['a single line', 'x'],
])('a gzipped file that unpacks to 200 times its size is not read to its end: %s', async (_, piece) => {
  await using scene = await importScene()
  const content = header + piece.repeat(Math.ceil((64 * MIB) / piece.length))
  const bytes = gzipSync(content)
  expect(content.length / bytes.length).toBeGreaterThan(200)
  const path = await scene.write('polls.csv.gz', bytes)
  let latest: ImportProgress | undefined
  const importing = scene.import(path, { onProgress: (progress) => (latest = progress) })
  await expect(importing).rejects.toMatchObject({
    code: 'too-large',
    message: `${path} unpacks to more than 200 times its size: unpack it (gunzip), and import what comes out (limits.unpackedRatio, STORE_MONITOR_LIMIT_UNPACKED_RATIO)`,
  })
  expect(latest?.rowsRead ?? 0).toBeLessThan((17 * MIB) / piece.length)
  expect((await listImports(scene.db, { limit: 1 })).items).toMatchObject([
    { state: 'failed', failure: expect.stringContaining('200 times') as unknown },
  ])
  expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
})

test('a gzipped file that unpacks to more than is allowed is refused', async () => {
  await using scene = await importScene()
  const path = await scene.write('polls.csv.gz', gzipSync(pollFile([['s1', 'active', '2023-01-24T10:00Z']])))
  await expect(scene.import(path, { limits: { unpackedBytes: 50 } })).rejects.toMatchObject({
    code: 'too-large',
    message: `${path} unpacks to more than 50 bytes: unpack it (gunzip), and import what comes out (limits.unpackedBytes, STORE_MONITOR_LIMIT_UNPACKED_BYTES)`,
  })
})

test('a header behind gigabytes of blank lines is not looked for to the end', async () => {
  await using scene = await importScene()
  const path = await scene.write('polls.csv.gz', gzipSync('\n'.repeat(64 * MIB)))
  expect((await readFile(path)).length).toBeLessThan(MIB)
  await expect(scene.import(path)).rejects.toMatchObject({ code: 'too-large' })
})

test('a file of more columns than are taken is refused, and so is one that names more stores', async () => {
  await using scene = await importScene()
  const wide = await scene.write('wide.csv', `${header.trim()},a,b,c,d,e,f\n`)
  await expect(scene.import(wide, { limits: { columns: 8 } })).rejects.toMatchObject({
    code: 'too-large',
    limit: 'columns',
    message: expect.stringMatching(/^the file has 9 columns, and at most 8 are taken /) as string,
  })
  const rows = (status: string) =>
    Array.from({ length: 5 }, (_, store) => `s${store},${status},2023-01-24T10:00Z\n`).join('')
  for (const content of [rows('active'), `s0,active,2023-01-24T09:00Z\n${rows('asleep')}`]) {
    const path = await scene.write('stores.csv', header + content)
    expect(await scene.import(path, { limits: { storesOfFile: 5 } })).toMatchObject([
      { rowsRejected: expect.any(Number) as number },
    ])
    await expect(scene.import(path, { limits: { storesOfFile: 4 } })).rejects.toMatchObject({
      code: 'too-large',
      limit: 'storesOfFile',
    })
  }
})

test('a row that is longer than rows may be is rejected', async () => {
  await using scene = await importScene()
  const good = 's1,active,2023-01-24T10:00Z\n'
  const path = await scene.write('polls.csv', `${header}${good}${'x'.repeat(2000)}\n`)
  const [record] = await scene.import(path, { limits: { rowBytes: 1024 }, blockBytes: 256 })
  expect(record).toMatchObject({ rowsAccepted: 1, rowsRejected: 1 })
  const { items } = await listRejectedRows(scene.db, { importId: record!.importId, limit: 1 })
  expect(items).toMatchObject([{ reason: 'the line is longer than 1024 bytes' }])
})
