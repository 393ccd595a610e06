import { expect, test } from 'vitest'
import { pieces } from '../../../server/ingest/pushing/push-pieces.ts'

const large = Buffer.alloc(15 * 1024 * 1024, ' ')
large[0] = 0x5b

test('arrays that come at once are taken as long as there is room for all, and one more when one has gone', async () => {
  const bodies = Array.from({ length: 9 }, () => Promise.withResolvers<void>())
  const taking = bodies.map((ended) => {
    async function* chunks() {
      yield large
      await ended.promise
    }
    return pieces({ chunks: chunks(), format: 'json', packing: undefined })
  })
  const first = taking.map((one) => one.next())
  await expect(first[8]).rejects.toMatchObject({ code: 'busy' })
  bodies[0]!.resolve()
  expect(await first[0]).toMatchObject({ value: { isOnly: true } })
  await taking[0]!.return(undefined)
  async function* chunks() {
    yield large
  }
  const again = pieces({ chunks: chunks(), format: 'json', packing: undefined })
  expect(await again.next()).toMatchObject({ value: { isOnly: true } })
  await again.return(undefined)
  for (const { resolve } of bodies) resolve()
  await Promise.all(taking.map((one) => one.return(undefined)))
})

test('lines in several pieces are told by their place in all of the body', async () => {
  const line = 'a,active,2026-10-05 12:00:00 UTC\n'
  const count = Math.ceil((1024 * 1024) / line.length)
  async function* chunks() {
    yield Buffer.from(`store_id,status,timestamp_utc\n${line.repeat(count)}`)
    yield Buffer.from(line.repeat(count))
    yield Buffer.from(line)
  }
  const found = []
  for await (const { piece } of pieces({ chunks: chunks(), format: 'csv', packing: undefined })) {
    const lines = Buffer.from(piece.bytes).toString().trim().split('\n')
    expect(lines[0]).toBe('store_id,status,timestamp_utc')
    found.push({ firstRow: piece.firstRow, rows: lines.length - 1 })
  }
  // The header counts as a row before the first of each piece.
  expect(found).toEqual([
    { firstRow: 1, rows: count },
    { firstRow: 1 + count, rows: count },
    { firstRow: 1 + 2 * count, rows: 1 },
  ])
})
