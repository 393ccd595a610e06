import { expect, test } from 'vitest'
import { sizeFinding } from '../../../server/observe/doctor/size-finding.ts'

test.each([
  [{ bytes: 9_000_000, freeBytes: undefined }, 'ok', '9 MB'],
  [{ bytes: 70_000_000, freeBytes: 60_000_000 }, 'ok', '70 MB, 60 MB of them free for what is written next'],
  [{ bytes: 4e9, freeBytes: 9e8 }, 'ok', '4000 MB, 900 MB of them free for what is written next'],
  [{ bytes: 4e9, freeBytes: 2e9 }, 'warning', '4000 MB, 2000 MB of them free for what is written next'],
] as const)('of %o it is told: %s', (size, state, what) => {
  const finding = sizeFinding(size)
  expect(finding).toMatchObject({ check: 'size', state, what })
  expect(finding.remedy === null).toBe(state === 'ok')
})
