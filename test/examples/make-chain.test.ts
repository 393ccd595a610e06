import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chainFiles } from '../../examples/make-chain.ts'

test.each(Object.entries(chainFiles()))('examples/chain/%s is what its generator writes', (name, content) => {
  const committed = readFileSync(join(import.meta.dirname, '../../examples/chain', name), 'utf8')
  expect(committed === content, 'run: node examples/make-chain.ts').toBe(true)
})
