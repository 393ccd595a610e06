import fc from 'fast-check'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { hostileText, hostileValue } from './hostile.ts'

const headers = [
  'store_id,status,timestamp_utc',
  'store_id,timezone_str',
  'store_id,day,start_time_local,end_time_local',
  'store_id,date,start_time_local,end_time_local',
  'store_id,from,to,kind,reason',
  'store_id,name,label:city',
  'status;store_id;timestamp_utc',
  '"store_id","status","timestamp_utc"',
  'store_id,status',
  'sep=;',
]

const rows = [
  'store-000001,active,2023-01-18 10:00:00 UTC',
  'store-000002,inactive,2023-01-18T11:00:00Z',
  'new-store,active,2023-01-19 10:00:00.123456 UTC',
  'store-000001,America/Chicago',
  'store-000001,0,09:00:00,17:00:00',
  'store-000001,2023-01-18,,',
  'store-000001,2023-01-17T00:00Z,2023-01-18T00:00Z,closed,flood',
  'store-000003,"A name, with a comma",Bonn',
  '"open',
  '',
  ',,,,,,',
  'store-000001,active,2099-01-01 00:00:00 UTC',
]

const polls = fc.array(
  fc.oneof(
    {
      arbitrary: fc.constantFrom({
        store_id: 'store-000001',
        status: 'active',
        timestamp_utc: '2023-01-18T12:00Z',
      }),
      weight: 4,
    },
    {
      arbitrary: fc.record({ storeId: hostileValue, status: hostileValue, timestampUtc: hostileValue }),
      weight: 1,
    },
    { arbitrary: hostileValue, weight: 1 },
  ),
  { maxLength: 5 },
)

const texts: fc.Arbitrary<string> = fc.oneof(
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom(...headers),
        fc.array(
          fc.oneof({ arbitrary: fc.constantFrom(...rows), weight: 5 }, { arbitrary: hostileText, weight: 1 }),
          { maxLength: 8 },
        ),
        fc.constantFrom('\n', '\r\n'),
      )
      .map(([header, lines, end]) => [header, ...lines, ''].join(end)),
    weight: 6,
  },
  { arbitrary: polls.map((list) => JSON.stringify(list)), weight: 2 },
  { arbitrary: polls.map((list) => list.map((poll) => JSON.stringify(poll)).join('\n')), weight: 2 },
  { arbitrary: hostileText, weight: 1 },
  {
    arbitrary: fc.constantFrom('', '[', '{', '\n'.repeat(1000), '[{}', 'PK\x03\x04', '%PDF-1.7', '\x00\x01'),
    weight: 1,
  },
)

/** Files and polls: mostly as they should be, some packed, some broken. */
export const fileBody: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc
  .tuple(texts, fc.nat(20))
  .map(([text, roll]) => {
    if (roll === 0) return Uint8Array.from(gzipSync(text))
    if (roll === 1) return Uint8Array.from(zstdCompressSync(text))
    if (roll === 2) return Uint8Array.from(gzipSync(text)).subarray(0, 15)
    if (roll === 3) return Uint8Array.from(Buffer.from(`\uFEFF${text}`, 'utf16le'))
    return text
  })
