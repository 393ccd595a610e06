import type { Temporal as Polyfill } from 'temporal-polyfill'

/** That of Node.js where it has one: to load another takes a thread 10 ms. */
export const Temporal: typeof Polyfill =
  (globalThis as { Temporal?: typeof Polyfill }).Temporal ?? (await import('temporal-polyfill')).Temporal
