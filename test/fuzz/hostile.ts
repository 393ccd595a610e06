import fc from 'fast-check'

const texts = [
  '',
  '\0',
  'a\0b',
  '\uFEFF',
  '\uD800',
  '\r\nX-Injected: 1',
  "'; drop table store; --",
  '%',
  '%00',
  '%2e%2e%2f',
  '../../../etc/passwd',
  '..\\..\\windows',
  '${jndi:ldap://127.0.0.1/a}',
  '{{7*7}}',
  '$&',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  '-0',
  '1e309',
  '0x10',
  '9007199254740993',
  '99999999999999999999',
  '2023-02-30',
  '0000-00-00T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '-000001-01-01T00:00:00Z',
  'P99999999999999W',
  '99999999999d',
  '=cmd|calc',
  '*',
  '%_\\',
  'ﷺ'.repeat(50),
  '👩‍👩‍👧‍👦'.repeat(20),
  'İ',
  'a'.repeat(129),
  'a'.repeat(5000),
  ','.repeat(500),
]

const numbers = [
  0,
  -0,
  -1,
  1.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 63),
  Number.MAX_SAFE_INTEGER,
]

function nested(depth: number, kind: 'list' | 'object'): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = kind === 'list' ? [value] : { a: value }
  return value
}

/** fast-check makes a list of all code points, which takes seconds, for the unit that it has for this. */
const anyCodePoint = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code))

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...texts),
  fc.string({ unit: anyCodePoint, maxLength: 40 }),
  fc.string({ maxLength: 300 }),
)

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: hostileText, weight: 4 },
  { arbitrary: fc.constantFrom<unknown>(...numbers, true, false, null, [], {}), weight: 3 },
  {
    arbitrary: fc.constantFrom<unknown>(
      nested(10, 'list'),
      nested(500, 'list'),
      nested(5000, 'object'),
      Array.from({ length: 3000 }, (_, i) => i),
      JSON.parse('{"__proto__": {"limit": 1}, "constructor": {"prototype": {}}}'),
      { toString: 1, valueOf: null },
    ),
    weight: 1,
  },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 2 },
)

/** Of headers, which may have Latin-1 without control characters. */
export const hostileHeader: fc.Arbitrary<string> = hostileText.map((text) =>
  text.replaceAll(/[^\t\x20-\x7E\xA0-\xFF]/g, '?').trim(),
)
