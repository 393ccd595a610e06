import { defineConfig } from 'vitest/config'

/** What touches a database, and so is tested on each kind of it. */
const onDatabases = ['test/{api,cli,client,database,ingest,reports}/**/*.test.ts']
/** What does not, or only what is SQLite's own. */
const onSqliteOnly = [
  'test/**/sqlite/**',
  'test/{cli/quick-fetch,cli/output,reports/csv,ingest/find-files}.test.ts',
]

export default defineConfig({
  test: {
    // A process for each file: native modules and worker threads of our own stay apart.
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: 'sqlite', include: ['test/**/*.test.ts'], env: { DB_TYPE: 'sqlite' } },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: onDatabases,
          exclude: onSqliteOnly,
          env: { DB_TYPE: 'postgres' },
          globalSetup: 'test/support/postgres-setup.ts',
        },
      },
    ],
  },
})
