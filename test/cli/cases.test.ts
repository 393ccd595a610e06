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

const byPeriod = workedCases.flatMap(({ periodReports, ...worked }) =>
  periodReports.map((report) => ({ ...worked, ...report, worked, by: report.options.by })),
)

test.concurrent.for(byPeriod)(
  'report --from --by $by writes the worked case $name byte for byte',
  async ({ worked, options: { by, from, to, corrections }, expectedCsv }, { expect }) => {
    await using database = await testDatabase()
    const { exitCode, stdout } = await runCli([
      'report',
      '--from',
      worked.folder,
      '--by',
      by,
      '--since',
      from,
      '--until',
      to,
      '--format',
      'csv',
      '--corrections',
      corrections,
      '--workers',
      '1',
      ...(databaseType === 'sqlite' ? [] : ['--database', database.url]),
      ...(worked.options.as_of === undefined ? [] : ['--as-of', worked.options.as_of]),
    ])
    expect(stdout).toBe(expectedCsv)
    expect(exitCode).toBe(0)
  },
)

test('all worked cases are there', () => {
  expect(workedCases).toHaveLength(26)
  expect(byPeriod).toHaveLength(9)
})
