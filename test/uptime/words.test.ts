import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOfWords, wordsOfBytes, type Words } from '../../server/uptime/words.ts'

const seed = 20_230_125
const someWords = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 40 }).map(words)

describe('the bytes of words', () => {
  test('are four for each, the low one first', () => {
    expect([...bytesOfWords(words([0x01020304, 5]))]).toEqual([4, 3, 2, 1, 5, 0, 0, 0])
  })

  test('are read back as they were written', () => {
    fc.assert(
      fc.property(someWords, (some) => {
        expect(wordsOfBytes(bytesOfWords(some))).toEqual(some)
      }),
      { seed, numRuns: 200 },
    )
  })

  test('of some of the words are those of the part', () => {
    expect(wordsOfBytes(bytesOfWords(words([1, 2, 3, 4]).subarray(1, 3)))).toEqual(words([2, 3]))
  })

  const some = words([3, 4, 1_209_599_999])

  test.each([0, 1, 2, 3, 4])('can be read from %i bytes into a larger buffer', (at) => {
    const larger = new Uint8Array(at + 12 + 5)
    larger.set(bytesOfWords(some), at)
    expect(wordsOfBytes(larger.subarray(at, at + 12))).toEqual(some)
  })

  test.each([0, 1, 2, 3, 4])(
    "can be read from a driver's Buffer that begins %i bytes into its memory",
    (at) => {
      const memory = new ArrayBuffer(at + 12 + 5)
      const buffer = Buffer.from(memory, at, 12)
      buffer.set(bytesOfWords(some))
      expect(wordsOfBytes(buffer)).toEqual(some)
    },
  )
})

function words(list: readonly number[]): Words {
  return Uint32Array.from(list)
}
