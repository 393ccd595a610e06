import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { runServe } from '../../client/cli/commands/serve.ts'
import type { CommandContext } from '../../client/cli/context.ts'
import { Interrupted } from '../../client/cli/exit-code.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('a person at a terminal is told what to try, and after Ctrl-C what another one does', async () => {
  await using folder = await temporaryFolder()
  const controller = new AbortController()
  const stderr = Object.assign(new PassThrough(), { isTTY: true })
  const context = {
    version: '1.2.3',
    command: 'npx store-monitor',
    platform: 'linux',
    packageFolder: folder.path,
    environment: {},
    now: Date.now,
    stderr: stderr as NodeJS.WritableStream,
    signal: controller.signal,
  } as CommandContext
  let said = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    controller.abort(new Interrupted('SIGINT'))
  })
  await runServe(context, { port: '0', database: folder.file('stores.db'), workers: '1' })
  expect(said).toMatch(/curl -X POST http:\/\/127\.0\.0\.1:\d+\/trigger_report\n/)
  expect(said).toMatch(/npx store-monitor report --url http:\/\/127\.0\.0\.1:\d+ -o report\.csv\n/)
  expect(said).toMatch(/is stopping; Ctrl-C again ends it at once\n$/)
})
