import { expect, test } from 'vitest'
import { callerAddress } from '../../server/limits/caller-address.ts'
import { createGate } from '../../server/limits/gate.ts'
import { refuseLargeJson } from '../../server/limits/json-limits.ts'

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
  const look = (value: unknown, jsonDepth: number) => refuseLargeJson(value, { jsonDepth, textLength: 1000 })
  for (const value of [1, 'text', null, undefined, [], { a: 1 }]) look(value, 1)
  look(deep(5), 10)
  look([[], Array.from({ length: 200_000 }, () => [])], 3)
  const tooDeep = expect.objectContaining({ code: 'invalid', limit: 'jsonDepth' })
  expect(() => look(deep(5), 9)).toThrow(tooDeep)
  expect(() => look(deep(50_000), 32)).toThrow(tooDeep)
})

test('a text is as long as its characters, wherever it stands, and the field is named', () => {
  const look = (value: unknown) => refuseLargeJson(value, { jsonDepth: 32, textLength: 3 })
  look({ abc: ['äöü', 'abc', 12_345] })
  for (const [value, message] of [
    ['abcd', 'the text: 4 characters are too many: at most 3 are taken (limits.textLength, '],
    [{ a: [{ b: 'x' }, { b: 'abcd' }] }, 'a.1.b: 4 characters'],
    [{ abcd: 1 }, 'a name: 4 characters'],
  ] as const) {
    expect(() => look(value)).toThrow(
      expect.objectContaining({
        code: 'too-large',
        limit: 'textLength',
        message: expect.stringContaining(message) as string,
      }),
    )
  }
})
