import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { launcher } from '../support/run-cli.ts'

test('an older Node.js is told in a line which one is needed', () => {
  const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`
  const args = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, launcher, '--help']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^store-monitor needs Node\.js 24 or later, and this is 20\.20\.2: .*\n$/)
})
