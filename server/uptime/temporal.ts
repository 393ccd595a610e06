import { createRequire } from 'node:module'
import type { Temporal as Polyfill } from 'temporal-polyfill'

/**
 * That of Node.js where it has one: to load another takes a thread 10 ms. Not by an `await` of the module: a thread that is
 * ended while it waits in one ends the process (nodejs/node#62114).
 */
export const Temporal: typeof Polyfill = (globalThis as { Temporal?: typeof Polyfill }).Temporal ?? polyfill()

function polyfill(): typeof Polyfill {
  const require = createRequire(import.meta.url)
  return (require('temporal-polyfill') as { readonly Temporal: typeof Polyfill }).Temporal
}
