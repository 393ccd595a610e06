import { writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { test } from 'vitest'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'

const header = 'store_id,status,timestamp_utc\n'
const line = (store: string, minute: string, status = 'active') =>
  `${JSON.stringify({ store_id: store, status, timestamp_utc: `2026-10-05T12:${minute}:00Z` })}\n`

test.concurrent.for(['--database', '--url'])(
  'push %s: adds the polls of a file or of stdin, and tells what became of them',
  { timeout: 120_000 },
  async (place, { expect }) => {
    await using folder = await temporaryFolder()
    await using database = await testDatabase()
    await using server = await runningServer()
    const at = [place, place === '--url' ? server.url : database.url]

    await writeFile(folder.file('polls.csv'), `${header}a,active,2026-10-05 12:00:00 UTC\nb,shut,now\n`)
    const csv = await runCli(['push', folder.file('polls.csv'), ...at])
    expect(csv).toEqual({
      exitCode: 0,
      stdout:
        'ACCEPTED  CHANGED  REPEATED  REJECTED  FIRST POLL         LAST POLL\n' +
        '       1        1         0         1  2026-10-05T12:00Z  2026-10-05T12:00Z\n',
      stderr: '1 poll was rejected:\n  row 3: status "shut" is neither active nor inactive\n',
    })

    await writeFile(folder.file('polls.ndjson.gz'), gzipSync(line('a', '00') + line('c', '05')))
    const packed = await runCli(['push', folder.file('polls.ndjson.gz'), '--json', ...at])
    expect(jsonLines(packed.stdout)).toMatchObject([{ accepted: 2, changed: 1, repeated: 1, rejected: 0 }])

    const piped = await runCli(['push', '-', '--json', ...at], { input: line('d', '06') })
    expect(jsonLines(piped.stdout)).toMatchObject([{ accepted: 1, lastPollAt: '2026-10-05T12:06:00Z' }])
    expect((await runCli(['stores', '--json', ...at])).stdout.split('\n')).toHaveLength(4)

    const pushed = await runCli(['pushed', '--json', ...at])
    expect(jsonLines(pushed.stdout)).toMatchObject([
      { source: 'cli', pushes: 3, accepted: 4, changed: 3, rejected: 1 },
    ])
    expect((await runCli(['pushed', ...at])).stdout).toMatch(
      /^HOUR +SOURCE +PUSHES .*\n20\S+ +cli +3 +4 +3 +1\n$/,
    )

    const missing = await runCli(['push', folder.file('none.csv'), ...at])
    expect(missing).toMatchObject({ exitCode: 3, stdout: '' })
    const nothingGood = await runCli(['push', '-', ...at], { input: line('a', '07', 'shut') })
    expect(nothingGood).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'store-monitor: the only poll cannot be taken: in row 1, status "shut" is neither active nor inactive\n',
    })
  },
)
