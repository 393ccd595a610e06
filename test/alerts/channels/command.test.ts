import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { alertScene, type AlertScene } from '../../support/alert-scene.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let scene: AlertScene
beforeEach(async () => {
  scene = await alertScene()
})
afterEach(() => scene[Symbol.asyncDispose]())

function running(...given: readonly string[]) {
  const channels = [{ name: 'page', type: 'command' as const, command: [process.execPath, ...given] }]
  return scene.alerting({ channels }, { environment: { PATH: '/usr/bin', SECRET: 'hidden' } })
}

test('a program is given the event on stdin, what is written for it as it is, and none of the secrets', async () => {
  await using folder = await temporaryFolder()
  const program = `
    const input = require('node:fs').readFileSync(0, 'utf8')
    const { PATH, SECRET } = process.env
    require('node:fs').writeFileSync(process.argv[1], JSON.stringify([JSON.parse(input), process.argv[2], PATH, SECRET ?? null]))`
  const alerts = await running('-e', program, folder.file('said'), '$(touch x); ${SECRET}')
  expect(await alerts.test('page')).toMatchObject({ state: 'delivered', answer: 'ended with 0' })
  expect(JSON.parse(await readFile(folder.file('said'), 'utf8'))).toEqual([
    expect.objectContaining({ type: 'test', id: expect.stringMatching(/^msg_/) as string }),
    '$(touch x); ${SECRET}',
    '/usr/bin',
    null,
  ])
})

test('one that fails is run again, with what it said; so is one that is not there', async () => {
  const alerts = await running('-e', "console.error('no line\\nmore'); process.exit(3)")
  expect(await alerts.test('page')).toMatchObject({
    state: 'waiting',
    answer: `${process.execPath} ended with 3: no line`,
  })
  const channels = [{ name: 'none', type: 'command' as const, command: ['/nowhere/page'] }]
  const other = await scene.alerting({ channels })
  expect(await other.test('none')).toMatchObject({
    answer: expect.stringMatching(/^\/nowhere\/page cannot be run: .*ENOENT/) as string,
  })
})

test('one that says very much is read to its end, and what it says first is shown', async () => {
  const alerts = await running(
    '-e',
    "console.error('first\\n' + 'x'.repeat(5_000_000)); process.exitCode = 3",
  )
  expect(await alerts.test('page')).toMatchObject({ answer: `${process.execPath} ended with 3: first` })
})

test('one that does not end is ended', async () => {
  const late = new AbortController()
  const channels = [
    {
      name: 'page',
      type: 'command' as const,
      command: [process.execPath, '-e', 'process.stdin.resume(); setInterval(() => {}, 1000)'],
    },
  ]
  const alerts = await scene.alerting({ channels }, { tooLate: () => late.signal })
  const tested = alerts.test('page')
  setImmediate(() => late.abort())
  expect(await tested).toMatchObject({ state: 'waiting', answer: 'no answer in 20 s' })
})
