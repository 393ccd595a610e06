import { existsSync } from 'node:fs'
import { copyFile, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../../client/index.ts'
import { runCli, runCliProcess } from '../../support/run-cli.ts'
import { runningServer } from '../../support/running-server.ts'
import { filledFolder } from '../../support/filled-folder.ts'
import { completedCsv, manyPolls, serving, triggerReport, untilUnderWay } from '../serving.ts'

const STORES = 40_000
const folder = filledFolder(STORES)
const filled = 'the database'

describe('a backup', () => {
  test('while a server works on a report goes on with it, and gives the same report', async () => {
    const database = await folder.filledCopy()
    await using server = await serving(database)
    const reportId = await triggerReport(server.url)
    await untilUnderWay(server.url, reportId)
    const copy = folder.file('reported-copy.db')
    const { exitCode, stdout, stderr } = await runCli(['backup', copy, '--database', database])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toMatch(/reported-copy\.db: [\d.]+ MB of .*, checked\n$/)
    expect(['.part', '-wal', '-shm'].filter((suffix) => existsSync(`${copy}${suffix}`))).toEqual([])

    await using restored = await serving(copy)
    const csv = await completedCsv(server.url, reportId)
    expect(csv.trimEnd().split('\n')).toHaveLength(STORES + 1)
    expect(await completedCsv(restored.url, reportId)).toBe(csv)
    expect(await completedCsv(restored.url, await triggerReport(restored.url))).toBe(csv)
  })

  test('while a file is imported has all of it or nothing', async () => {
    const database = folder.file('imported.db')
    await using server = await serving(database)
    const client = createStoreMonitorClient({ url: server.url })
    const copies: string[] = []
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const polls = 400_000
    const body = new Blob([manyPolls(polls)])
    let isImporting = true
    const imported = client
      .importFile(body, { source: 'polls.csv', onProgress: () => begin() })
      .finally(() => (isImporting = false))
    await begun
    while (isImporting) {
      const copy = folder.file(`imported-copy-${copies.push('')}.db`)
      expect(await runCliProcess(['backup', copy, '--database', database])).toMatchObject({ exitCode: 0 })
      copies[copies.length - 1] = copy
    }
    expect(await imported).toMatchObject({ rowsChanged: polls })
    expect(copies).not.toEqual([])
    for (const copy of copies) {
      await using restored = await runningServer({ databaseUrl: copy })
      const { database } = await createStoreMonitorClient({ url: restored.url }).health.query()
      expect([0, polls]).toContain(database.polls)
    }
  })

  test('replaces a file only with --force, and with it what lay beside that', async () => {
    const copy = folder.file('older.db')
    await writeFile(copy, 'older')
    await writeFile(`${copy}-wal`, 'changes to the older one')
    const args = ['backup', copy, '--database', folder.database]
    expect(await runCli(args)).toMatchObject({
      exitCode: 4,
      stderr: `store-monitor: ${copy} is there already: name another file, or replace it with --force\n`,
    })
    expect(await readFile(copy, 'utf8')).toBe('older')
    expect(await runCli([...args, '--force', '--quiet'])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(existsSync(`${copy}-wal`)).toBe(false)
    const stores = await runCli(['stores', '--json', '--limit', '1', '--database', copy])
    expect(stores.stdout).toMatch(/"storeId":"store-000001"/)
  })

  test('to one file by several at once leaves a whole one, and nothing beside it', async () => {
    const copy = folder.file('nightly/latest.db')
    await mkdir(dirname(copy))
    await writeFile(copy, 'the good copy of last night')
    const args = ['backup', copy, '--force', '--quiet', '--database', folder.database]
    const results = await Promise.all(Array.from({ length: 4 }, () => runCliProcess(args)))
    for (const result of results) expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await readdir(dirname(copy))).toEqual(['latest.db'])
    const opened = new BetterSqlite3(copy, { readonly: true })
    expect(opened.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(opened.prepare('select count(*) from store').pluck().get()).toBe(STORES)
    opened.close()
  })

  test('of polls of which a bit was flipped where they lie is refused, and says whose they are', async () => {
    const database = await folder.filledCopy()
    const opened = new BetterSqlite3(database)
    const first = opened.prepare('select week, polls from poll_week where store_key = 77').get() as {
      week: number
      polls: Buffer
    }
    first.polls[5]! ^= 4
    opened
      .prepare('update poll_week set polls = ? where store_key = 77 and week = ?')
      .run(first.polls, first.week)
    opened.close()
    const copy = folder.file('flipped.db')
    const result = await runCli(['backup', copy, '--quiet', '--database', database])
    expect(result.exitCode).toBe(5)
    expect(result.stderr).toContain('the polls of the store with the key 77 are not as they were written')
    expect(existsSync(copy)).toBe(false)
  })

  test.each([
    ['of the database onto itself', filled, filled, 2, 'is the database itself: name another file'],
    ['into a folder that is not there', filled, 'no/copy.db', 2, 'there is no folder'],
    ['of nothing', 'nothing.db', 'copy.db', 5, 'there is no database at'],
    ['of a file that is no database', 'text.db', 'copy.db', 5, 'file is not a database'],
    ['of a damaged database', 'damaged.db', 'copy.db', 5, 'is damaged'],
  ])('%s is refused in one line', async (_, database, copy, exitCode, reason) => {
    await writeFile(folder.file('text.db'), 'this is no database, but some text\n'.repeat(200))
    await copyFile(folder.database, folder.file('damaged.db'))
    await using damaged = await open(folder.file('damaged.db'), 'r+')
    await damaged.write(Buffer.alloc(200_000, 'x'), 0, 200_000, 4096 * 50)

    const path = (name: string) => (name === filled ? folder.database : folder.file(name))
    const args = ['backup', path(copy), '--force', '--database', path(database)]
    const result = await runCli([...args, '--quiet'])
    expect(result.exitCode).toBe(exitCode)
    expect(result.stderr).toMatch(/^store-monitor: .*\n$/)
    expect(result.stderr).toContain(reason)
    expect(existsSync(folder.file('copy.db'))).toBe(false)
    expect(existsSync(folder.file('copy.db.part'))).toBe(false)
  })
})
