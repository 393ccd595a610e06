import { expect, test } from 'vitest'
import { createThreadPool } from '../../server/reports/thread-pool.ts'
import { storeId } from '../../shared/ids.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const task = {
  reportKey: 1,
  parts: [{ part: 0, firstStoreId: storeId.parse('a'), nextStoreId: null }],
  asked: { asOfMs: 0, reachMs: 0, interpolation: 'nearest', corrections: 'applied', labels: [] },
} as const

/** Threads that die as often at the tasks that they are given. */
async function dyingThreads(deaths: number) {
  const folder = await temporaryFolder()
  const setting = {
    databaseUrl: folder.file('deaths'),
    workers: deaths,
    storesPerPart: undefined,
    patienceMs: undefined,
    computedWith: { programVersion: '1.0.0', zoneDataVersion: '2026b' },
  }
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
  expect(await threads.pool.run('generateParts', task)).toBe(true)
  expect(await threads.pool.run('generateParts', task)).toBe(true)
})

test('what threads keep dying of fails', async () => {
  await using threads = await dyingThreads(3)
  await expect(threads.pool.run('generateParts', task)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringMatching(/^its thread died 3 times in a row/) as string,
  })
  expect(await threads.pool.run('generateParts', task)).toBe(true)
})
