import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const rules = `
rules:
  - condition: down
    for: 15m
  - condition: down
    group: City=Bonn
    enabled: false
`

test('rules are applied from a file, and exported as one that changes nothing', async () => {
  await using server = await runningServer()
  await using folder = await temporaryFolder()
  const at = ['--url', server.url]
  const file = join(folder.path, 'alerts.yaml')
  await writeFile(file, rules)

  const usual = await runCli(['alerts', 'export', '--format', 'json', ...at])
  expect(JSON.parse(usual.stdout)).toMatchObject({
    reach: '24h',
    rules: [{ condition: 'down', for: '30m' }, {}, {}, {}, {}],
  })
  expect(usual.stderr).toBe('the usual rules: none were applied\n')

  const applied = await runCli([
    'alerts',
    'apply',
    file,
    '--by',
    'Ann',
    '--reason',
    'sooner',
    '--json',
    ...at,
  ])
  expect(jsonLines(applied.stdout)).toMatchObject([{ version: 1, by: 'Ann', reason: 'sooner' }])
  expect(applied.stderr).toBe('version 1 of the rules is in force: 2 rules\n')

  const exported = await runCli(['alerts', 'export', ...at])
  expect(exported.stdout).toContain(
    '  - condition: down\n    enabled: true\n    severity: error\n    for: 15m\n',
  )
  expect(exported.stdout).toContain('    group:\n      - city=Bonn\n')
  await writeFile(file, exported.stdout)
  const again = await runCli(['alerts', 'apply', file, ...at])
  expect(again).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'nothing changed: version 1 has these rules already\n',
  })
  expect(await readFile(file, 'utf8')).toBe(exported.stdout)
})

test.each([
  ['', 'alerts.yaml says nothing: write rules, as "alerts export" does'],
  ['# of Bonn\n', 'alerts.yaml says nothing: '],
  ['down', 'alerts.yaml: it has no keys: write some, as in "key: value"'],
  [
    'rules:\n  - condition: down\n    for: soon\n',
    'alerts.yaml, line 3: rules[0].for: "soon" is not a duration',
  ],
  [
    'rules:\n  - condition: down\n    fro: 15m\n',
    'alerts.yaml, line 3: there is no key "fro" in rules[0]: is "for" meant?',
  ],
  [
    'rules:\n  - condition: down\n    target: 99\n',
    'alerts.yaml, line 3: there is no key "target" in rules[0]: known ones are condition, enabled, note, store, group, severity, for, polls, closingGuard, recover, expire\n',
  ],
  ['rule: []\n', 'alerts.yaml, line 1: there is no key "rule": is "rules" meant?'],
  ['rules: [\n', 'alerts.yaml, line 2: '],
])('what is wrong in a file is named with its line: %j', async (text, problem) => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'alerts.yaml')
  await writeFile(file, text)
  const { exitCode, stderr } = await runCli([
    'alerts',
    'apply',
    file,
    '--database',
    join(folder.path, 'x.db'),
  ])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(problem)
})

test('a file that is not there is named', async () => {
  const { exitCode, stderr } = await runCli([
    'alerts',
    'apply',
    'nowhere.yaml',
    '--url',
    'http://127.0.0.1:9',
  ])
  expect([exitCode, stderr]).toEqual([2, 'store-monitor: there is no file of rules nowhere.yaml\n'])
})
