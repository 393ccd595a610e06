import { spawnSync } from 'node:child_process'
import { createWriteStream, existsSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { launcher } from '../support/run-cli.ts'
import { formatWeek } from '../../shared/week-text.ts'
import { formatAmount, formatTable, write } from '../../client/cli/output.ts'

test('a table is columns side by side, numbers to the right, without what would move a terminal cursor', () => {
  const rows = [
    { name: 'a', count: 1 },
    { name: 'b\u{1b}[2J', count: 1000 },
  ]
  const columns = [
    { head: 'NAME', cell: (row: (typeof rows)[number]) => row.name },
    { head: 'COUNT', align: 'right' as const, cell: (row: (typeof rows)[number]) => String(row.count) },
    { head: 'NOTE', cell: () => '' },
  ]
  expect(formatTable(columns, rows).split('\n')).toEqual([
    'NAME   COUNT  NOTE',
    'a          1',
    'b\u{fffd}[2J   1000',
  ])
})

test('one of a thing is not many', () => {
  const amounts = [0, 1, 2, 1_000].map((count) => formatAmount(count, 'row'))
  expect(amounts).toEqual(['0 rows', '1 row', '2 rows', '1,000 rows'])
})

test('business hours of days that follow each other are told together', () => {
  const span = (day: number, start: string, end: string) => ({ day, start, end })
  const week = [
    ...[0, 1, 2, 3].map((day) => span(day, '09:00:00', '17:00:00')),
    span(5, '18:00:00', '23:59:59'),
    span(5, '10:00:00', '14:00:00'),
    span(6, '10:00:00', '24:00:00'),
  ]
  expect(formatWeek(week)).toBe('Mon-Thu 09:00-17:00, Sat 10:00-14:00 18:00-23:59:59, Sun 10:00-24:00')
  expect(formatWeek([])).toBe('')
})

test.runIf(existsSync('/dev/full'))('an output that cannot be written is told without a stack', async () => {
  const stream = createWriteStream('/dev/full')
  stream.on('error', () => {})
  await expect(writeUntilItFails(stream)).rejects.toMatchObject({
    name: 'AppError',
    code: 'unavailable',
    message: expect.stringMatching(/^the output cannot be written: .*no space left/) as string,
  })
})

test.runIf(existsSync('/dev/full'))('even a help text that cannot be written is an error', () => {
  const command = '"$0" "$1" --help > /dev/full'
  const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, launcher], {
    encoding: 'utf8',
  })
  expect(status).toBe(5)
  expect(stderr).toMatch(/^store-monitor: the output cannot be written: ENOSPC.*\n$/)
})

/** A stream tells of an error only after it took some of what it was given. */
async function writeUntilItFails(stream: Writable): Promise<never> {
  for (;;) {
    await write(stream, 'a line\n')
    await setImmediate()
  }
}
