import { existsSync, writeFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { nothingKnown } from '../../server/reports/known-outcome.ts'
import { createThreadPool } from '../../server/reports/thread-pool.ts'
import { storeId } from '../../shared/ids.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const task = {
  reportKey: 1,
  parts: [{ part: 0, firstStoreId: storeId.parse('a'), nextStoreId: null }],
  asked: { asOfMs: 0, reachMs: 0, interpolation: 'nearest', corrections: 'applied', labels: [] },
  known: nothingKnown(),
} as const

function settingOf(databaseUrl: string, workers: number) {
  return {
    databaseUrl,
    workers,
    storesPerPart: undefined,
    patienceMs: undefined,
    computedWith: { programVersion: '1.0.0', zoneDataVersion: '2026b' },
  }
}

/** Threads that die as often at the tasks that they are given. */
async function dyingThreads(deaths: number) {
  const folder = await temporaryFolder()
  const setting = settingOf(folder.file('deaths'), deaths)
  const worker = new URL('./dying-worker.ts', import.meta.url)
  const pool = createThreadPool(setting, { minThreads: 0, maxThreads: 1, worker })
  return {
    pool,
    async [Symbol.asyncDispose]() {
      await pool.destroy()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('what a thread was at when it died is done again in another', async () => {
  await using threads = await dyingThreads(2)
  expect(await threads.pool.run('generateParts', task)).toBe('done')
  expect(await threads.pool.run('generateParts', task)).toBe('done')
})

test('what threads keep dying of fails', async () => {
  await using threads = await dyingThreads(3)
  await expect(threads.pool.run('generateParts', task)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringMatching(/^its thread died 3 times in a row/) as string,
  })
  expect(await threads.pool.run('generateParts', task)).toBe('done')
})

test.each(['close', 'destroy'] as const)(
  'a thread that connects is not ended meanwhile, which would end the process: %s',
  async (end) => {
    await using folder = await temporaryFolder()
    const worker = new URL('./connecting-worker.ts', import.meta.url)
    const pool = createThreadPool(settingOf(folder.path, 1), { minThreads: 1, maxThreads: 1, worker })
    await vi.waitFor(() => expect(existsSync(folder.file('connecting'))).toBe(true))
    const ended = pool[end]()
    await expect(pool.run('generateParts', task)).rejects.toMatchObject({ code: 'unavailable' })
    expect(existsSync(folder.file('connected'))).toBe(false)
    writeFileSync(folder.file('go'), '')
    await ended
    expect(existsSync(folder.file('connected'))).toBe(true)
  },
)

test('no thread connects any more when they are being ended', async () => {
  await using folder = await temporaryFolder()
  const worker = new URL('./connecting-worker.ts', import.meta.url)
  const pool = createThreadPool(settingOf(folder.path, 1), { minThreads: 0, maxThreads: 1, worker })
  const ended = pool.close()
  await expect(pool.run('generateParts', task)).rejects.toMatchObject({ code: 'unavailable' })
  await ended
  expect(existsSync(folder.file('connecting'))).toBe(false)
})
