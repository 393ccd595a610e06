/** What a file is to those who use it at once, and what becomes of them when somebody takes it away. */
import { copyFile, rename, rm, stat } from 'node:fs/promises'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { connect } from '../../../../server/database/connect.ts'
import { databaseSummary } from '../../../../server/database/poll-week-summary.ts'
import { writeAlone } from '../../../../server/database/write-alone.ts'
import { fillDatabase } from '../../../support/filled-database.ts'
import { finishedReport, runningServer } from '../../../support/running-server.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const nothing = async () => {}

describe('a file that another program has locked', () => {
  async function lockedFile() {
    const folder = await temporaryFolder()
    const path = folder.file('a.db')
    await fillDatabase(path, 1)
    const other = new BetterSqlite3(path)
    other.exec('begin immediate')
    return {
      path,
      unlock: () => other.exec('rollback'),
      async [Symbol.asyncDispose]() {
        other.close()
        await folder[Symbol.asyncDispose]()
      },
    }
  }

  test('is waited for, without keeping the thread from other work', async () => {
    await using file = await lockedFile()
    await using db = await connect(file.path)
    let isWritten = false
    const writing = writeAlone(db, 'data', nothing).then(() => (isWritten = true))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isWritten).toBe(false)
    file.unlock()
    await writing
  })

  test('is given up on by all who wait together, as late as the first of them', async () => {
    await using file = await lockedFile()
    await using db = await connect(file.path, { patienceMs: 200 })
    const begun = performance.now()
    const waiting = Array.from({ length: 5 }, () => writeAlone(db, 'data', nothing))
    const results = await Promise.allSettled(waiting)
    expect(performance.now() - begun).toBeLessThan(900) // one after the other, each with patience of its own: 1000
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'unavailable', message: expect.stringContaining('is busy') as string },
      })
    }
    file.unlock()
    await writeAlone(db, 'data', nothing)
  })
})

test('a file is made smaller beside a server, which goes on in it', async () => {
  await using folder = await temporaryFolder()
  const path = folder.file('a.db')
  await fillDatabase(path, 500)
  const { size } = await stat(path)
  const other = new BetterSqlite3(path)
  {
    const keepPolls = Date.now() - Date.UTC(2023, 0, 27)
    await using server = await runningServer({ databaseUrl: path, keepPolls })
    const upload = (at: string) => server.upload(`store_id,status,timestamp_utc\nstore-000001,active,${at}\n`)
    await upload('2023-01-30T00:00:00Z')
    await finishedReport(server.url)
    await fetch(`${server.url}/retention/run`, { method: 'POST' })
    other.exec('vacuum')
    await upload('2023-01-30T01:00:00Z')
    expect(await finishedReport(server.url)).toMatchObject({ status: 'Complete' })
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ database: { polls: 2 } })
    expect(server.errors).toEqual([])
  }
  expect(other.pragma('integrity_check', { simple: true })).toBe('ok')
  other.close()
  expect((await stat(path)).size).toBeLessThan(size)
})

describe('a file that is taken away under a server', () => {
  const bodies: Readonly<Record<string, string>> = {
    '/imports': 'store_id,timezone_str\ns1,UTC\n',
    '/polls': 'store_id,status,timestamp_utc\ns1,active,2026-10-05 12:00:00 UTC\n',
  }

  test.each([
    ['removed', (path: string) => rm(path)],
    [
      'replaced',
      async (path: string) => {
        await copyFile(path, `${path}.copy`)
        await rename(`${path}.copy`, path)
      },
    ],
  ] as const)('%s: it is not ready, and takes nothing that it would lose', async (what, take) => {
    await using folder = await temporaryFolder()
    const path = folder.file('a.db')
    await fillDatabase(path, 1)
    await using server = await runningServer({ databaseUrl: path })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    await take(path)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
    for (const [at, method] of [
      ['/trigger_report', 'POST'],
      ['/imports', 'POST'],
      ['/polls', 'POST'],
      ['/stores/store-000001?reason=x&confirm=100', 'DELETE'],
    ] as const) {
      const body = bodies[at] === undefined ? {} : { body: bodies[at] }
      const response = await fetch(`${server.url}${at}`, { method, ...body })
      expect([at, response.status]).toEqual([at, 503])
      expect(await response.json()).toMatchObject({
        detail: expect.stringContaining(`was ${what}`) as string,
      })
    }
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  })

  test('reading connections see it, too', async () => {
    await using folder = await temporaryFolder()
    await fillDatabase(folder.file('a.db'), 1)
    await using db = await connect(folder.file('a.db'), { readOnly: true })
    await databaseSummary(db)
    await rm(folder.file('a.db'))
    await expect(databaseSummary(db)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
