import { test } from 'vitest'
import { begunImport } from '../support/begun-import.ts'
import { workedCases } from '../support/cases.ts'
import { jsonLines, runCli, runCliProcess } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'

const messy = workedCases.find(({ name }) => name === '16-messy-files')!

test.concurrent.for(['--database', '--url'])(
  'with %s, every command does its work, and stdout has the data and nothing else',
  { timeout: 120_000 },
  async (place, { expect }) => {
    await using database = await testDatabase()
    await using server = await runningServer()
    // For one, whole processes; those of the others would do the same.
    const run = place === '--database' && databaseType === 'sqlite' ? runCliProcess : runCli
    const at = [place, place === '--url' ? server.url : database.url]

    const imported = await run(['import', messy.folder, '--json', ...at])
    expect(imported.exitCode).toBe(2)
    expect(jsonLines(imported.stdout)).toMatchObject([
      { importId: 1, kind: 'timezones', state: 'failed', rowsRejected: 1 },
      { importId: 2, kind: 'business-hours', state: 'complete', rowsRejected: 3 },
      { importId: 3, kind: 'polls', state: 'complete', rowsRejected: 5 },
      { source: expect.stringMatching(/expected\.csv$/) as unknown, state: 'ignored' },
    ])
    expect(imported.stderr).toMatch(/9 rows were rejected:\n.*:2: .*Mars\/Olympus/)
    expect(imported.stderr).toContain(`list them all: npx store-monitor rejected ${at.join(' ')}\n`)

    expect(imported.stderr).toMatch(/Figures to doubt:\n {2}1 of 1 store without .*\n/)
    expect(imported.stderr).toContain(`which, and what to do: npx store-monitor check ${at.join(' ')}\n`)

    const report = await run(['report', '--columns', 'all', ...at])
    expect(report).toMatchObject({ exitCode: 0, stdout: messy.expectedCsv })
    expect(report.stderr).toBe('Report: 100 %, 1 of 1 store\n')

    const [
      reports,
      imports,
      imported3,
      storesOf3,
      stores,
      otherStores,
      rejected,
      rejectedPolls,
      byReason,
      byStore,
      check,
      checked,
    ] = await Promise.all([
      run(['reports', '--json', ...at]),
      run(['imports', '--limit', '2', ...at]),
      run(['imports', '3', ...at]),
      run(['imports', '3', '--stores', '--json', ...at]),
      run(['stores', ...at]),
      run(['stores', 'nowhere', ...at]),
      run(['rejected', '--json', '--all', ...at]),
      run(['rejected', '3', '--json', ...at]),
      run(['rejected', '3', '--by', 'reason', ...at]),
      run(['rejected', '3', '--by', 'store', '--json', ...at]),
      run(['check', ...at]),
      run(['check', '--json', ...at]),
    ])
    expect(jsonLines(reports.stdout)).toMatchObject([{ state: 'complete', reach: '24h' }])
    expect(imports.stdout).toMatch(/^IMPORT {2}STATE .*\n +3 {2}complete {2}polls .*\n +2 {2}complete .*\n$/)
    expect(imports.stderr).toBe('the first 2; --limit or --all shows more\n')
    expect(imported3.stdout).toMatch(/^IMPORT .*\n +3 .*\n\nIt changed something of 1 store:\n {2}\S+\n$/)
    expect(jsonLines(storesOf3.stdout)).toMatchObject([
      { storeId: expect.any(String) as string, deletedAt: null },
    ])
    expect(stores.stdout).toMatch(/^STORE +TIMEZONE +BUSINESS HOURS\n\S+ +default +\S.*\n$/)
    expect(otherStores).toEqual({ exitCode: 0, stdout: '', stderr: 'there are none\n' })
    expect(jsonLines(rejected.stdout)).toHaveLength(9)
    expect(jsonLines(rejectedPolls.stdout).map(({ importId }) => importId)).toEqual([3, 3, 3, 3, 3])

    expect(byReason.stdout).toMatch(/^ROWS {2}FIRST LINE {2}REASON\n(?: +\d+ +\d+ {2}\S.*\n)+$/)
    expect(jsonLines(byStore.stdout)).toMatchObject([{ rows: expect.any(Number) as number }])

    expect(check.stdout).toMatch(
      /^1 of 1 store without a timezone, in America\/Chicago by default: .*\n {2}\S/m,
    )
    expect(check.stderr).toMatch(/^1 store and the week before 2023-.*: \d findings?\n$/)
    expect(jsonLines(checked.stdout)[0]).toMatchObject({ count: 1, isDoubtful: true })

    const reportId = String(jsonLines(reports.stdout)[0]!['reportId'])
    const storeId = String(stores.stdout.split('\n')[1]?.split(' ')[0])
    const [verified, explained] = await Promise.all([
      run(['verify', reportId, '--json', ...at]),
      run(['explain', storeId, '--report', reportId, ...at]),
    ])
    expect(verified).toMatchObject({ exitCode: 0 })
    expect(jsonLines(verified.stdout)).toMatchObject([{ reportId, storesCompared: 1, first: [], likely: [] }])
    expect(explained.stdout).toMatch(/^start,end,status,poll\n/)
    expect(explained.stderr).toBe(`${storeId}: as report ${reportId} has it\n`)
    const [status, waited, cancelled] = await Promise.all([
      run(['report-status', reportId, ...at]),
      run(['report-status', reportId, '--wait', '--json', '--quiet', ...at]),
      run(['cancel', reportId, ...at]),
    ])
    expect(status).toMatchObject({ exitCode: 0, stderr: '' })
    expect(status.stdout).toMatch(/^report +\S+\nstate +complete\nstores +1 of 1\n/)
    expect(jsonLines(waited.stdout)).toEqual(jsonLines(reports.stdout))
    expect(cancelled).toMatchObject({ exitCode: 4, stdout: '' })
    expect(cancelled.stderr).toMatch(/^store-monitor: report .* cannot be cancelled: it is complete\n$/)

    const [table, got, nothing] = await Promise.all([
      run(['report', '--top', '1', '--where', 's', ...at]),
      run(['reports', 'get', reportId, '--columns', 'all', ...at]),
      run(['report', '--where', 'nowhere', ...at]),
    ])
    expect(table.stdout).toMatch(
      /^Uptime in .*\n\nSTORE +HOUR +DAY +WEEK +UP +DOWN +UNKNOWN +BUSINESS TIME\n\S+ .* h\nthe only one .* h\n$/,
    )
    expect(table.stderr).toMatch(/Figures to doubt:\n/)
    expect(got).toEqual({ exitCode: 0, stdout: messy.expectedCsv, stderr: '' })
    expect(nothing).toMatchObject({ exitCode: 0, stdout: '' })
    expect(nothing.stderr).toMatch(/no store has "nowhere" in its id\n$/)
    const deleted = await run(['reports', 'delete', reportId, ...at])
    expect(deleted).toEqual({ exitCode: 0, stdout: '', stderr: `report ${reportId} is deleted\n` })
    expect(await run(['reports', 'get', reportId, ...at])).toMatchObject({ exitCode: 3, stdout: '' })

    const dates = ['--since', '2023-01-01', '--until', '2023-01-31']
    const [ofAll, ofNone, byCity] = await Promise.all([
      run(['history', '--all', '--by', 'month', ...dates, '--quiet', ...at]),
      run(['history', '--group', 'city=Nowhere', '--by', 'month', ...dates, ...at]),
      run(['outages', '--group-by', 'city', ...dates, '--format', 'json', ...at]),
    ])
    expect(ofAll.stdout).toMatch(/^group,period,stores,.*\n,2023-01,\d,\d.*\n$/)
    expect(ofAll).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ofNone.stdout).toMatch(/^group,period,stores,.*\n$/)
    expect(ofNone.stderr).toMatch(/there are no stores in these groups\n$/)
    expect(jsonLines(byCity.stdout)).toMatchObject([{ group: null }])

    const importId = await begunImport(place === '--url' ? server.databaseUrl : database.url)
    const [cancelledImport, cancelledEarlier] = await Promise.all([
      run(['cancel', String(importId), '--json', ...at]),
      run(['cancel', '1', ...at]),
    ])
    expect(jsonLines(cancelledImport.stdout)).toMatchObject([{ importId, state: 'cancelled' }])
    expect(cancelledEarlier).toMatchObject({ exitCode: 4, stdout: '' })

    const named = await runCli([
      'set-details',
      storeId,
      '--name',
      'One',
      '--by',
      'Ann',
      '--reason',
      'new',
      ...at,
    ])
    expect(named.exitCode).toBe(0)
    const changes = await runCli(['changes', '--json', ...at])
    expect(jsonLines(changes.stdout)).toMatchObject([
      { kind: 'details', storeId, author: 'Ann', reason: 'new' },
      { kind: 'import', importId: 3 },
      { kind: 'import', importId: 2 },
    ])

    const [top, topOfNone] = await Promise.all([
      run(['top', '--format', 'csv', ...at]),
      run(['top', '--once', '--group', 'city=Nowhere', ...at]),
    ])
    expect(top.stdout).toMatch(/^store_id,name,timezone,since,.*\n/)
    expect(topOfNone).toMatchObject({ exitCode: 0, stdout: '' })
    expect(topOfNone.stderr).toMatch(/^0 down, 0 up, 0 unknown, 0 excused, 0 closed, as of 2023-\S+\n$/)

    const slos = await run(['slos', '--month', '2023-01', ...at])
    expect(slos.stdout).toMatch(/^store_id,month,target\(in percent\),.*\n$/)

    const [incidents, told, noIncident, simulated, rules] = await Promise.all([
      run(['incidents', '--condition', 'down', ...at]),
      run(['incidents', 'told', ...at]),
      run(['incidents', 'ack', '1', ...at]),
      run(['alerts', 'simulate', ...at]),
      run(['alerts', 'export', '--quiet', ...at]),
    ])
    expect(incidents).toMatchObject({ exitCode: 0, stderr: '' })
    expect(incidents.stdout).toMatch(/^store_id,group,condition,.*\n/)
    expect(told).toEqual({ exitCode: 0, stdout: '', stderr: 'there are none\n' })
    expect(noIncident).toMatchObject({ exitCode: 3, stdout: '' })
    expect(simulated.stdout).toMatch(/^day,rule,what,opened,closed,held\n/)
    expect(simulated.stderr).toMatch(/would have been told; nothing was sent\n$/)
    expect(rules).toMatchObject({ exitCode: 0, stderr: '' })
    expect(rules.stdout).toMatch(/^interpolation: nearest\nreach: 24h\n/)

    const time = ['--from', '2000-01-01T00:00Z', '--to', '2100-01-01T00:00Z']
    const polls = ['delete-polls', storeId, ...time, '--reason', 'a test', ...at]
    const planned = await runCli(polls)
    expect(planned.stdout).toMatch(/^POLLS {2}STORES {2}FIRST +LAST\n +\d+ +1 {2}2023-\S+ +2023-\S+\n$/)
    expect(planned.stderr).toMatch(
      /^nothing has been deleted; to delete it: npx store-monitor delete-polls .* --reason 'a test' --yes --/,
    )
    const gone = await runCli([...polls, '--yes', '--json'])
    expect(jsonLines(gone.stdout)).toMatchObject([{ stores: 1, change: { kind: 'polls-deleted', storeId } }])
    expect(gone.stderr).toMatch(/^deleted \d+ polls of 1 store; change 4 is the record of it\n$/)
    expect(await runCli(polls)).toMatchObject({ exitCode: 0, stderr: 'there are none\n' })

    const removed = await runCli([
      'delete-store',
      storeId,
      '--reason',
      'closed',
      '--yes',
      '--by',
      'Ann',
      ...at,
    ])
    expect(removed).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^STORE +POLLS/) as unknown })
    expect(await runCli(['delete-store', storeId, '--reason', 'closed', ...at])).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringMatching(/: it was deleted at .* by Ann, as change 5 records\n$/) as unknown,
    })
    const ofStore = await runCli(['changes', '--store', storeId, '--kind', 'store-deleted', ...at])
    expect(ofStore.stdout).toMatch(/^NUMBER +MADE +KIND .*\n +5 +\S+ +store-deleted .*\(closed\)\n$/)

    const revenue = await run(['set-revenue', 's9', '--hourly', '120', '--json', ...at])
    expect(jsonLines(revenue.stdout)).toEqual([{ storeId: 's9', currency: null, perHour: 120 }])
  },
)
