import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { filledFolder } from '../support/filled-folder.ts'
import { jsonLines, launcher, runCli, startCli } from '../support/run-cli.ts'

/** So many stores that a report takes a moment. */
const folder = filledFolder(40_000)

test('Ctrl-C cancels a report in process, and the older file stays as it was', async () => {
  const path = folder.file('report.csv')
  await writeFile(path, 'an older report')
  await using cli = startCli(['report', '--database', folder.database, '--workers', '1', '-o', path])
  await cli.said(/Report: \d+ %/)
  cli.kill('SIGINT')
  const { exitCode, stdout, stderr } = await cli.finished
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' })
  expect(stderr).toMatch(/report \S+ was cancelled\nstore-monitor: interrupted\n$/)
  expect(await readFile(path, 'utf8')).toBe('an older report')
  expect((await readdir(dirname(path))).filter((name) => name.endsWith('.part'))).toEqual([])

  const reports = await runCli(['reports', '--json', '--limit', '1', '--database', folder.database])
  expect(jsonLines(reports.stdout)).toMatchObject([{ state: 'cancelled' }])
})

test('Ctrl-C cancels a report of a server, which others see', async () => {
  await using server = startCli(['serve', '--port', '0', '--database', folder.database, '--workers', '1'])
  const url = (await server.said(/listening on (\S+)/))[1]!
  await using cli = startCli(['report'], { environment: { STORE_MONITOR_URL: url } })
  await cli.said(/Report: \d+ %/)
  cli.kill('SIGINT')
  const { exitCode, stdout, stderr } = await cli.finished
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' })

  const reportId = /report (\S+) was cancelled/.exec(stderr)![1]!
  const status = await runCli(['report-status', reportId, '--json', '--url', url])
  expect(status).toMatchObject({ exitCode: 4, stderr: 'store-monitor: the report was cancelled\n' })
  expect(jsonLines(status.stdout)).toMatchObject([{ reportId, state: 'cancelled' }])
})

test('Ctrl-C ends a command that waits for a server which says nothing', async () => {
  const asked = Promise.withResolvers<void>()
  const server = createServer(() => asked.resolve()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await using cli = startCli(['imports', '--url', `http://127.0.0.1:${port}`])
  await asked.promise
  cli.kill('SIGINT')
  expect(await cli.finished).toEqual({ exitCode: 130, stdout: '', stderr: 'store-monitor: interrupted\n' })
  server.closeAllConnections()
  server.close()
})

test('a reader that has seen enough is no error', () => {
  const command = `"$0" "$1" stores --all --quiet --database "$2" | head -1; echo "\${PIPESTATUS[0]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, launcher, folder.database], {
    encoding: 'utf8',
  })
  expect(stdout).toMatch(/^STORE +TIMEZONE +BUSINESS HOURS\n0\n$/)
  expect(stderr).toBe('')
})
