import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandAsStarted, hint, withCommandAndFlags, withCommandAsStarted } from '../../client/cli/hint.ts'
import type { CommandContext } from '../../client/cli/context.ts'
import { runCli } from '../support/run-cli.ts'

const onPosix = { command: 'npx store-monitor', platform: 'linux' } as CommandContext
const onWindows = { command: 'store-monitor', platform: 'win32' } as CommandContext

test('a command is told as it was started: by npx in a clone and where npm runs it, otherwise by its name', () => {
  expect(commandAsStarted({}, true)).toBe('npx store-monitor')
  expect(commandAsStarted({ npm_command: 'exec' }, false)).toBe('npx store-monitor')
  expect(commandAsStarted({ PATH: '/usr/bin' }, false)).toBe('store-monitor')
})

describe('a hint', () => {
  test('has quotes where a shell would take words apart, and nowhere else', () => {
    expect(hint(onPosix, 'import', 'my-data/', 'C=1.csv')).toBe('npx store-monitor import my-data/ C=1.csv')
    expect(hint(onPosix, 'import', 'my data', "Joe's", '$HOME')).toBe(
      String.raw`npx store-monitor import 'my data' 'Joe'\''s' '$HOME'`,
    )
    expect(hint(onWindows, 'import', String.raw`C:\data`, String.raw`C:\my data`)).toBe(
      String.raw`store-monitor import C:\data "C:\my data"`,
    )
  })

  test.skipIf(process.platform === 'win32')('gives a shell the very words back', () => {
    const context = { command: String.raw`printf '%s\0'`, platform: 'linux' } as CommandContext
    const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'))
    const property = fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const said = execFileSync('/bin/sh', ['-c', hint(context, ...words)], { encoding: 'utf8' })
      expect(said.split('\0').slice(0, -1)).toEqual(words)
    })
    fc.assert(property, { numRuns: 20 })
  })
})

test('a message of the service names a command as it was started, and leaves names of files alone', () => {
  const message = 'no database at /srv/store-monitor data.db: import data first (store-monitor import FOLDER)'
  expect(withCommandAsStarted(message, onPosix)).toBe(
    'no database at /srv/store-monitor data.db: import data first (npx store-monitor import FOLDER)',
  )
})

test('one that is quoted leads to the same data', () => {
  const message = 'import the file again ("store-monitor rejected" lists them)'
  expect(withCommandAndFlags(message, onPosix, ['--database', 'my data.db'])).toBe(
    `import the file again ("npx store-monitor rejected --database 'my data.db'" lists them)`,
  )
})

test('what is told of data in a temporary database leads to the files, not to that database', async () => {
  const chain = join(import.meta.dirname, '../../examples/chain')
  const report = await runCli(['report', '--from', chain, '--top', '1'])
  expect(report.stderr).toContain(`which, and what to do: npx store-monitor check --from ${chain}\n`)
  const check = await runCli(['check', '--from', chain, '--map', 'store_id=Outlet'])
  expect(check.stdout).toContain('("npx store-monitor rejected --database chain.db" lists them)')
  expect(check.stderr).toContain(`import ${chain} --map store_id=Outlet --database chain.db`)
  for (const { stdout, stderr } of [report, check]) expect(stdout + stderr).not.toContain('report.db')
})
