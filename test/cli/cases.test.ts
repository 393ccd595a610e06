import { expect, test } from 'vitest'
import { workedCases } from '../support/cases.ts'
import { runCli } from '../support/run-cli.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'

test.concurrent.for(workedCases)(
  'report --from writes the worked case $name byte for byte',
  async (worked, { expect }) => {
    const { as_of: asOf, interpolation, reach } = worked.options
    await using database = await testDatabase()
    const { exitCode, stdout } = await runCli([
      'report',
      '--from',
      worked.folder,
      '--columns',
      'all',
      '--workers',
      '1',
      // Without one, the command makes a SQLite of its own.
      ...(databaseType === 'sqlite' ? [] : ['--database', database.url]),
      ...(asOf === undefined ? [] : ['--as-of', asOf]),
      ...(interpolation === undefined ? [] : ['--interpolation', interpolation]),
      ...(reach === undefined ? [] : ['--reach', reach]),
    ])
    expect(stdout).toBe(worked.expectedCsv)
    expect(exitCode).toBe(0)
  },
)

test('all worked cases are there', () => {
  expect(workedCases).toHaveLength(26)
})
