import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfigFile } from '../../server/config-file/read-config-file.ts'
import { readConfig } from '../../server/config.ts'
import { describeLimits, usualLimits } from '../../server/limits/setting.ts'
import { markdownTable, withoutPadding } from '../support/markdown-table.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')

/** The table of limits as docs/operations.md is to have it; `prettier --write` makes it pretty. */
function limitTable(): string {
  const rows = describeLimits().map(({ name, description, usual, variable }) => [
    description,
    `\`${name}\``,
    `\`${variable}\``,
    `\`${usual}\``,
  ])
  return markdownTable(['limit', 'key in `limits`', 'environment variable', 'default'], rows)
}

test('docs/operations.md lists every limit, as the program has it', () => {
  const [table] = /^\| limit [^]*?(?=\n\n)/m.exec(page) ?? []
  expect(withoutPadding(table ?? ''), `write:\n${limitTable()}`).toBe(withoutPadding(limitTable()))
})

test('a limit is that of the environment, else of the configuration file, else the usual one', async () => {
  await using folder = await temporaryFolder()
  const path = folder.file('monitor.yaml')
  await writeFile(path, 'limits:\n  bodyBytes: 1MB\n  headTime: 10s\n  uploads: 3\n')
  const { settings } = await readConfigFile(path)
  const variables = { STORE_MONITOR_LIMIT_BODY_BYTES: '2KiB', STORE_MONITOR_LIMIT_UPLOADS: '' }
  expect(readConfig(variables, {}, settings).limits).toEqual({
    ...usualLimits,
    bodyBytes: 2048,
    headTime: 10_000,
    uploads: 3,
  })
  expect(readConfig({}).limits).toEqual(usualLimits)
})

test.for([
  ['limits:\n  bodyBites: 1\n', /line 2: there is no key "bodyBites" in limits: is "bodyBytes" meant\?/],
  ['limits:\n  uploads: many\n', /uploads \(limits\.uploads in .*, line 2\) is "many": write a whole number/],
  ['limits:\n  uploads: 0\n', /is "0": at least 1 and at most 1000000000 is allowed/],
  ['limits:\n  headTime: 5\n', /is "5": "5" is not a duration/],
  ['limits:\n  headTime: 0s\n', /is "0s": at least 1s and at most 24h is allowed/],
  ['limits:\n  headBytes: 1KB\n', /is "1KB": at least 1 KiB and at most /],
  ['limits:\n  bodyBytes: 5 potatoes\n', /write a number of bytes, or such as 64KiB or 100MB/],
  ['limits: 5\n', /line 1: limits: write a limit on each line below/],
] as const)('%j is refused', async ([text, message]) => {
  await using folder = await temporaryFolder()
  const path = folder.file('monitor.yaml')
  await writeFile(path, text)
  const reading = readConfigFile(path).then(({ settings }) => readConfig({}, {}, settings))
  await expect(reading).rejects.toThrow(message)
})

test('a limit that the environment has wrong is named by its variable', () => {
  expect(() => readConfig({ STORE_MONITOR_LIMIT_JSON_DEPTH: 'deep' })).toThrow(
    'the limit jsonDepth (STORE_MONITOR_LIMIT_JSON_DEPTH) is "deep": write a whole number',
  )
})
