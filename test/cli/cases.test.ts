import { expect, test } from 'vitest'
import { caseNames, laterCases, workedCases } from '../support/cases.ts'
import { runCli } from './run-cli.ts'

test.concurrent.for(workedCases)(
  'report --from writes the worked case $name byte for byte',
  async (worked, { expect }) => {
    const { as_of: asOf, interpolation, reach } = worked.options
    const { exitCode, stdout } = await runCli([
      'report',
      '--from',
      worked.folder,
      '--columns',
      'all',
      '--workers',
      '1',
      ...(asOf === undefined ? [] : ['--as-of', asOf]),
      ...(interpolation === undefined ? [] : ['--interpolation', interpolation]),
      ...(reach === undefined ? [] : ['--reach', reach]),
    ])
    expect(stdout).toBe(worked.expectedCsv)
    expect(exitCode).toBe(0)
  },
)

test('all worked cases are there', () => {
  expect(workedCases).toHaveLength(21)
  expect(caseNames).toHaveLength(workedCases.length + Object.keys(laterCases).length)
})
