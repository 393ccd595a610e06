import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTurns } from '../../server/limits/turns.ts'

/** What is begun takes so long, as the turns' clock has it. */
function turnsWhere(eachTakesMs: number) {
  let atMs = 0
  const turns = createTurns(() => atMs)
  const begun: string[] = []
  function take(path: string, name = path, then = () => {}): void {
    turns.take(path.split(' '), () => {
      begun.push(name)
      atMs += eachTakesMs
      then()
    })
  }
  return { take, begun }
}

test('what there is time for is begun at once', () => {
  const { take, begun } = turnsWhere(0)
  for (const path of ['a', 'b', 'a', 'a x']) take(path)
  expect(begun).toEqual(['a', 'b', 'a', 'a x'])
})

test('who asks for one thing waits for one of who asks for many', async () => {
  const { take, begun } = turnsWhere(5)
  for (let i = 1; i <= 5; i++) take('many', `many ${i}`)
  take('few')
  expect(begun).toEqual(['many 1'])
  await setImmediate()
  expect(begun).toEqual(['many 1', 'many 2'])
  take('late')
  await expect.poll(() => begun.length).toBe(7)
  expect(begun).toEqual(['many 1', 'many 2', 'few', 'many 3', 'late', 'many 4', 'many 5'])
})

test('those behind one address take the turns of that address', async () => {
  const { take, begun } = turnsWhere(5)
  take('first')
  for (const path of ['proxy x', 'proxy x', 'proxy x', 'proxy y', 'alone', 'alone']) take(path)
  await expect.poll(() => begun.length).toBe(7)
  expect(begun).toEqual(['first', 'proxy x', 'alone', 'proxy y', 'alone', 'proxy x', 'proxy x'])
})

test('each is begun when what the one before does right away is done, and others have come meanwhile', async () => {
  const steps: string[] = []
  const { take } = turnsWhere(1)
  async function work(name: string): Promise<void> {
    steps.push(`${name} began`)
    for (let i = 0; i < 3; i++) await Promise.resolve()
    steps.push(`${name} ended`)
  }
  for (const name of ['a', 'b', 'c', 'd']) take('one', name, () => void work(name))
  await expect.poll(() => steps.length).toBe(8)
  const inOrder = (name: string) => [`${name} began`, `${name} ended`]
  expect(steps.slice(4)).toEqual([...inOrder('c'), ...inOrder('d')])
})
