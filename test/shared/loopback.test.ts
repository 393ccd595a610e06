import { expect, test } from 'vitest'
import { isLoopback } from '../../shared/loopback.ts'

test.for([
  ['http://localhost:8000', true],
  ['http://127.0.0.1', true],
  ['http://127.1', true],
  ['http://[::1]:8000', true],
  ['http://127.evil.example', false],
  ['http://127.0.0.1.evil.example', false],
  ['http://localhost.evil.example', false],
  ['http://[::2]', false],
  ['http://0.0.0.0', false],
] as const)('whether the host of %s is this machine: %o', ([address, isThisMachine]) => {
  expect(isLoopback(new URL(address).hostname)).toBe(isThisMachine)
})
