import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const definition = readFileSync('docs/uptime.md', 'utf8')

test('the rules are numbered from 1 on, without a gap', () => {
  const numbers = Array.from(definition.matchAll(/^(\d+)\. /gm), ([, number]) => Number(number))
  expect(numbers).toEqual(Array.from({ length: 46 }, (_, i) => i + 1))
})

test('all of it counts', () => {
  expect(definition).not.toMatch(/not yet/)
})
