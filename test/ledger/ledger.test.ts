import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLedger } from '../../server/ledger/ledger.ts'
import { testDatabase } from '../support/test-database.ts'

const MINUTE_MS = 60_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

function ledgerOn(databaseUrl: string) {
  const computedWith = { programVersion: '1.0.0', zoneDataVersion: '2026b' }
  const threads = { databaseUrl, workers: 1, storesPerPart: undefined, patienceMs: undefined, computedWith }
  return createLedger(threads, {
    setting: { channels: [], routes: [] },
    checkInPlace() {},
    onEvents() {},
    onError() {},
  })
}

test('that nothing has looked for incidents for long is told, until something does', async () => {
  await using database = await testDatabase()
  await using ledger = ledgerOn(database.url)
  vi.advanceTimersByTime(9 * MINUTE_MS)
  ledger.requireLooking()
  vi.advanceTimersByTime(MINUTE_MS)
  expect(() => ledger.requireLooking()).toThrow('nothing has looked for incidents for 10m')
  ledger.start()
  await vi.waitFor(() => ledger.requireLooking(), { timeout: 20_000 })
})
