import { expect, test } from 'vitest'
import { callerAddress } from '../../server/limits/caller-address.ts'
import { createGate } from '../../server/limits/gate.ts'
import { isDeeperThan } from '../../server/limits/json-depth.ts'

test('a gate lets in so many in all, and of each caller, and counts whoever leaves once', () => {
  const gate = createGate({ uploads: 3, uploadsByCaller: 2 }, 'uploads', 'files')
  const [first] = [gate.enter('a'), gate.enter('a')]
  expect(() => gate.enter('a')).toThrow(
    expect.objectContaining({
      code: 'busy',
      limit: 'uploadsByCaller',
      retryAfterSeconds: 5,
      message:
        'you have 2 files at once, and no more are taken (limits.uploadsByCaller, STORE_MONITOR_LIMIT_UPLOADS_BY_CALLER)',
    }),
  )
  const other = gate.enter('b')
  expect(() => gate.enter('c')).toThrow(expect.objectContaining({ limit: 'uploads' }))
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  other[Symbol.dispose]()
  gate.enter('c')
  gate.enter('c')
  expect(() => gate.enter('b')).toThrow(expect.objectContaining({ limit: 'uploads' }))
})

test.for([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  [undefined, ''],
] as const)('callers of %s are counted as %s', ([address, counted]) => {
  expect(callerAddress(address)).toBe(counted)
})

test('depth is that of lists and objects in each other', () => {
  const deep = (depth: number): unknown => JSON.parse(`${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`)
  expect([1, 'text', null, undefined, [], { a: 1 }].map((value) => isDeeperThan(value, 1))).toEqual(
    Array(6).fill(false),
  )
  expect([isDeeperThan(deep(5), 10), isDeeperThan(deep(5), 9)]).toEqual([false, true])
  expect(isDeeperThan(deep(50_000), 32)).toBe(true)
  expect(isDeeperThan([[], Array.from({ length: 200_000 }, () => [])], 3)).toBe(false)
})
