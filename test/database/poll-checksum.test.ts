import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { isIntact, withChecksum } from '../../server/database/poll-checksum.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { fillDatabase, FIRST_POLL_MS } from '../support/filled-database.ts'
import { testDatabase } from '../support/test-database.ts'
import { pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import { bytesOfWords } from '../../server/uptime/words.ts'

describe('the checksum of polls', () => {
  const words = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 50 })
  const key = fc.integer({ min: 0, max: 2 ** 31 - 1 })

  test('finds every byte that was changed, and polls of another store or week', () => {
    fc.assert(
      fc.property(
        words,
        key,
        key,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (polls, week, storeKey, at, by) => {
          const checked = withChecksum(Uint32Array.from(polls), week, storeKey)
          expect(isIntact(checked, 0, checked.length, { week, storeKey })).toBe(true)
          expect(isIntact(checked, 0, checked.length, { week, storeKey: storeKey + 1 })).toBe(false)
          const bytes = bytesOfWords(checked)
          bytes[at % bytes.length]! ^= by
          expect(isIntact(checked, 0, checked.length, { week, storeKey })).toBe(false)
        },
      ),
    )
  })

  test('is missed where there is nothing', () => {
    expect(isIntact(new Uint32Array(0), 0, 0, { week: 0, storeKey: 0 })).toBe(false)
  })
})

test('polls that were damaged where they lie are neither read nor merged, and it is said whose they are', async () => {
  await using database = await testDatabase()
  await fillDatabase(database.url, 30)
  await using db = await connect(database.url)
  const week = pollWeekOf(FIRST_POLL_MS)
  const { polls } = await db
    .selectFrom('poll_week')
    .select('polls')
    .where('week', '=', week)
    .where('store_key', '=', 7)
    .executeTakeFirstOrThrow()
  const damaged = Buffer.from(polls)
  damaged[9]! ^= 1
  await db
    .updateTable('poll_week')
    .set({ polls: damaged })
    .where('week', '=', week)
    .where('store_key', '=', 7)
    .execute()
  const error = {
    code: 'damaged',
    message: expect.stringMatching(/the key 7 in the week from 2023-01-12/) as string,
  }
  const all = Array.from({ length: 30 }, (_, i) => i + 1)
  await expect(readPollWeeks(db, [week], all)).rejects.toMatchObject(error)
  await expect(readPollWeeks(db, [week], [7])).rejects.toMatchObject(error)
  await expect(readPollWeeks(db, [week], [6])).resolves.toHaveLength(1)
  const added = [{ week, storeKey: 7, words: Uint32Array.of(pollWord(FIRST_POLL_MS + 1, true)) }]
  await expect(writeAlone(db, 'data', (tx) => addPolls(tx, added))).rejects.toMatchObject(error)
})
