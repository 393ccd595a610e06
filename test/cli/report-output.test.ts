import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openReportOutput } from '../../client/cli/report-output.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** A report that arrives when it is told to. */
function arriving() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  return { readable, writer: writable.getWriter() }
}

test('of two reports for one file at once, the one that is complete last is there as a whole', async () => {
  await using folder = await temporaryFolder()
  const path = folder.file('report.csv')
  const { signal } = new AbortController()
  const slow = arriving()
  const quick = arriving()

  const slowDone = (await openReportOutput(path)).write(slow.readable, 'a.csv', signal)
  await slow.writer.write(bytesOf('slow 1\n'))
  const quickDone = (await openReportOutput(path)).write(quick.readable, 'a.csv', signal)
  await quick.writer.write(bytesOf('quick 1\nquick 2\n'))
  await quick.writer.close()
  await quickDone
  expect(await readFile(path, 'utf8')).toBe('quick 1\nquick 2\n')

  await slow.writer.write(bytesOf('slow 2\n'))
  await slow.writer.close()
  await slowDone
  expect(await readFile(path, 'utf8')).toBe('slow 1\nslow 2\n')
  expect(await readdir(folder.path)).toEqual(['report.csv'])
})

test.runIf(existsSync('/dev/full'))('a full disk is told as what may pass', async () => {
  const output = await openReportOutput('/dev/full')
  const { signal } = new AbortController()
  const bytes = new Blob(['a report']).stream()
  await expect(output.write(bytes, 'a.csv', signal)).rejects.toMatchObject({
    name: 'AppError',
    code: 'unavailable',
    message: expect.stringMatching(/^cannot write \/dev\/full: ENOSPC/) as string,
  })
})

test('a folder gets a file with the name that says what it is', async () => {
  await using folder = await temporaryFolder()
  const output = await openReportOutput(folder.path)
  const { signal } = new AbortController()
  const path = await output.write(new Blob(['a report']).stream(), 'uptime-2026-11-04.csv', signal)
  expect(path).toBe(folder.file('uptime-2026-11-04.csv'))
  expect(await readFile(path, 'utf8')).toBe('a report')
  await expect(openReportOutput(folder.file('nowhere/'))).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/there is no such folder, make it first$/) as string,
  })
})
