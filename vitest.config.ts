import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A process for each file: native modules and worker threads of our own stay apart.
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
