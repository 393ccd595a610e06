import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance } from '../../shared/edit-distance.ts'
import { suggestStores } from '../../server/insight/suggestions.ts'
import { suggestInput } from '../../shared/suggestion.ts'
import { importScene } from '../support/import-scene.ts'

test('near ids are suggested with their names: begun, misspelt, in another case or punctuation; the nearest first', async () => {
  await using scene = await importScene()
  const ids = ['Berlin-Mitte', 'berlin-mitte-2', 'bonn.1', 'bonn.2', '8419537941919820732']
  const details = ['store_id,name', ...ids.map((id, i) => `${id},Number ${i}`)].join('\n')
  await scene.import(await scene.write('store_details.csv', details))
  const suggested = async (text: string, limit?: number) =>
    (await suggestStores(scene.db, suggestInput.parse({ text, limit }))).map(({ storeId }) => storeId)
  expect(await suggested('berlin_mitte')).toEqual(['Berlin-Mitte', 'berlin-mitte-2'])
  expect(await suggested('BERLIN')).toEqual(['Berlin-Mitte', 'berlin-mitte-2'])
  expect(await suggested('Berlin-Mitet', 1)).toEqual(['Berlin-Mitte'])
  expect(await suggested('8419537941919820723')).toEqual(['8419537941919820732'])
  expect(await suggested('Bonn 3')).toEqual(['bonn.1', 'bonn.2'])
  expect(await suggested('Hamburg')).toEqual([])
  expect(await suggested('%_*')).toEqual([])
  expect(await suggestStores(scene.db, suggestInput.parse({ text: 'bonn1', limit: 1 }))).toEqual([
    { storeId: 'bonn.1', name: 'Number 2' },
  ])
})

/** By its definition, of texts that are short. */
function slowDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const [restOfA, restOfB] = [a.slice(1), b.slice(1)]
  const isSwapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]
  return Math.min(
    slowDistance(restOfA, restOfB) + (a[0] === b[0] ? 0 : 1),
    slowDistance(restOfA, b) + 1,
    slowDistance(a, restOfB) + 1,
    isSwapped ? slowDistance(a.slice(2), b.slice(2)) + 1 : Infinity,
  )
}

test('edits are counted as their definition has them, up to the most that are of interest', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
  fc.assert(
    fc.property(text, text, fc.integer({ min: 1, max: 3 }), (a, b, most) => {
      const distance = slowDistance(a, b)
      expect(editDistance(a, b, most)).toBe(distance <= most ? distance : undefined)
    }),
    { numRuns: 500 },
  )
})
