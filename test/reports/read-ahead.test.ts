import { expect, test } from 'vitest'
import { readAhead } from '../../server/reports/read-ahead.ts'

test('one more than is used is read, and none when nobody takes any more', async () => {
  const read: number[] = []
  const reading = readAhead([1, 2, 3, 4, 5], (n) => {
    read.push(n)
    return Promise.resolve(n * 10)
  })
  expect(await reading.next()).toEqual({ done: false, value: 10 })
  expect(read).toEqual([1, 2])
  await new Promise(setImmediate)
  expect(read).toEqual([1, 2])
  expect(await reading.next()).toEqual({ done: false, value: 20 })
  await reading.return(undefined)
  expect(read).toEqual([1, 2, 3])
  expect(await Array.fromAsync(readAhead([], () => Promise.resolve(1)))).toEqual([])
})

test('what cannot be read is told after what is before it', async () => {
  const reading = readAhead([1, 2], (n) =>
    n === 2 ? Promise.reject(new Error('damaged')) : Promise.resolve(n),
  )
  expect(await reading.next()).toEqual({ done: false, value: 1 })
  await expect(reading.next()).rejects.toThrow('damaged')
})
