import { expect, test } from 'vitest'
import { workedCases } from '../support/cases.ts'
import { runCli } from '../support/run-cli.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'

test.concurrent.for(workedCases)(
  'report --from writes the worked case $name byte for byte, by period too',
  async ({ folder, options, expectedCsv, periodReports }, { expect }) => {
    const { as_of: asOf, interpolation, reach } = options
    await using database = await testDatabase()
    const at = ['--database', database.url]
    // Without one, the command makes a SQLite of its own.
    const isOwn = databaseType === 'sqlite' && periodReports.length === 0
    const flags = ['--workers', '1', ...(asOf === undefined ? [] : ['--as-of', asOf])]
    const { exitCode, stdout } = await runCli([
      'report',
      '--from',
      folder,
      '--columns',
      'all',
      ...(isOwn ? [] : at),
      ...flags,
      ...(interpolation === undefined ? [] : ['--interpolation', interpolation]),
      ...(reach === undefined ? [] : ['--reach', reach]),
    ])
    expect(stdout).toBe(expectedCsv)
    expect(exitCode).toBe(0)

    for (const { options: period, expectedCsv } of periodReports) {
      const { by, from, to, corrections } = period
      const range = ['--since', from, '--until', to, '--corrections', corrections]
      const byPeriod = await runCli(['report', '--by', by, ...range, '--format', 'csv', ...at, ...flags])
      expect(byPeriod.stdout).toBe(expectedCsv)
      expect(byPeriod.exitCode).toBe(0)
    }
  },
)

test('all worked cases are there', () => {
  expect(workedCases).toHaveLength(26)
  expect(workedCases.flatMap(({ periodReports }) => periodReports)).toHaveLength(9)
})
