import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packPolls, piecesOf, runsOf, type PollRun } from '../../server/export/packed-polls.ts'
import { lineForms, linesOfPolls } from '../../server/export/poll-lines.ts'
import { isActive, offsetOf, POLL_WEEK_MS, pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import { storeId } from '../../shared/ids.ts'
import { formatTimestamp, parseTimestamp } from '../../shared/timestamp.ts'

const first = Date.parse('0000-01-01T00:00:00Z')
const last = Date.parse('9999-12-31T23:59:59.999Z')

const somePoll = fc.record({
  id: fc.constantFrom('a', 'B.c:d_e-', '8419537941919820732').map((id) => storeId.parse(id)),
  atMs: fc.oneof(
    fc.integer({ min: first, max: last }),
    fc.integer({ min: -2, max: 2 }).map((n) => n * POLL_WEEK_MS - 1 + (n % 2)),
    fc.integer({ min: 0, max: 40 }).map((n) => Date.parse('2023-01-22T23:59:59Z') + n * 50),
  ),
  isUp: fc.boolean(),
})
const someRuns = fc.array(somePoll, { maxLength: 30 }).map((polls): PollRun[] =>
  polls.map(({ id, atMs, isUp }) => ({
    storeId: id,
    week: pollWeekOf(atMs),
    words: Uint32Array.of(pollWord(atMs, isUp)),
  })),
)

function pollsIn(runs: Iterable<PollRun>) {
  return [...runs].flatMap(({ storeId, week, words }) =>
    Array.from(words, (word) => ({
      storeId,
      atMs: week * POLL_WEEK_MS + offsetOf(word),
      status: isActive(word) ? 'active' : 'inactive',
    })),
  )
}

test('each line says a poll, whenever it was, and is read back', () => {
  fc.assert(
    fc.property(someRuns, (runs) => {
      const packed = packPolls(runs)
      const polls = pollsIn(runs)
      const csv = Buffer.from(linesOfPolls(packed, lineForms.csv)).toString().split('\n')
      expect(csv.pop()).toBe('')
      const read = csv.map((line) => line.split(','))
      expect(read.map(([id, status, at]) => [id, status, parseTimestamp(at!)])).toEqual(
        polls.map(({ storeId, status, atMs }) => [storeId, status, atMs]),
      )
      // As the exports have it: to the last digit that is not 0.
      for (const [, , at] of read) expect(at).toMatch(/^\d{4}(-\d\d){2} \d\d(:\d\d){2}(\.\d{0,2}[1-9])? UTC$/)
      const ndjson = Buffer.from(linesOfPolls(packed, lineForms.ndjson)).toString().trim()
      expect(ndjson === '' ? [] : ndjson.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(
        polls.map(({ storeId, status, atMs }) => ({
          store_id: storeId,
          status,
          timestamp_utc: formatTimestamp(atMs),
        })),
      )
    }),
  )
})

test('polls that are cut into pieces are the same, and no piece has more than it may', () => {
  fc.assert(
    fc.property(someRuns, fc.integer({ min: 1, max: 9 }), fc.boolean(), (runs, most, isOneRun) => {
      const words = Uint32Array.from(runs, (_, i) => pollWord(i, i % 3 === 0))
      const packed = packPolls(isOneRun ? [{ storeId: storeId.parse('a'), week: 7, words }] : runs)
      const pieces = [...piecesOf(packed, most)]
      for (const piece of pieces) expect(piece.words.length).toBeLessThanOrEqual(most)
      expect(pieces.flatMap((piece) => pollsIn(runsOf(piece)))).toEqual(pollsIn(runsOf(packed)))
    }),
  )
})
