import { expect, test } from 'vitest'
import { createKept } from '../../../server/reports/view/kept.ts'

/** Tells which values had to be made. */
function keeper(most: number) {
  const made: string[] = []
  const kept = createKept<string>(most)
  const make = (name: string) => () => {
    made.push(name)
    return Promise.resolve(name)
  }
  return {
    kept,
    made,
    get: (name: string) => kept.get(name, make(name)),
    renew: (name: string) => kept.renew(name, make(name)),
  }
}

test('those that were asked for of late are kept', async () => {
  const { made, get } = keeper(2)
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await get(name)).toBe(name)
  expect(made).toEqual(['a', 'b', 'c', 'b'])
})

test('one that is renewed is made again, and one that cannot be made is not kept', async () => {
  const { kept, made, get, renew } = keeper(2)
  await get('a')
  await renew('a')
  await get('a')
  expect(made).toEqual(['a', 'a'])
  await expect(kept.get('b', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await get('b')).toBe('b')
})
