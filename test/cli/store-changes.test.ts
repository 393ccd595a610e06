import { describe, expect, test } from 'vitest'
import { parseDay, parseWeek } from '../../client/cli/hours-text.ts'
import { jsonLines, runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'
import { testDatabase } from '../support/test-database.ts'

test.concurrent.for(['--database', '--url'])(
  'with %s, rules and details are set, and corrections are made and revoked',
  { timeout: 120_000 },
  async (place, { expect }) => {
    await using database = await testDatabase()
    await using server = await runningServer()
    const at = [place, place === '--url' ? server.url : database.url]
    const run = (...args: readonly string[]) => runCli([...args, ...at])
    const input = 'store_id,status,timestamp_utc\ns1,up,2023-01-24T10:00Z\n'
    await runCli(['import', '-', ...at], { input })

    const hours = await run('set-hours', 's1', 'Mon-Fri', '9:00-17:30,', 'Sat 10:00-14:00 18:00-02:00')
    expect(hours.stdout).toMatch(/^s1 +default +Mon-Fri 09:00-17:30, Sat 10:00-14:00 18:00-02:00$/m)
    await run('set-hours', 's1', 'always', '--valid-from', '2026-10-01T00:00Z')
    await run('set-timezone', 's1', 'Europe/Berlin')
    const special = await run('set-special-hours', 's1', '2026-12-25', 'closed')
    expect(special.stdout).toMatch(/^s1 .* 2026-12-25 closed$/m)
    const details = await run('set-details', 's1', '--name', 'Mitte', '--label', 'City=Berlin', '--json')
    expect(jsonLines(details.stdout)).toMatchObject([
      {
        name: 'Mitte',
        labels: { city: 'Berlin' },
        timezone: 'Europe/Berlin',
        businessHoursVersions: [{ validFrom: null }, { validFrom: '2026-10-01T00:00:00Z' }],
        specialHours: [{ date: '2026-12-25', spans: [] }],
      },
    ])
    const chain = await run('set-details', 's1', '--label', 'chain=Soup')
    expect(chain.stdout).toMatch(/^s1 .* Mitte +chain=Soup, city=Berlin$/m)
    expect(await run('set-details', 's1')).toMatchObject({ exitCode: 2, stdout: '' })
    expect(await run('set-timezone', 's1', 'Mars')).toMatchObject({
      exitCode: 2,
      stderr: 'store-monitor: timezone: "Mars" is not an IANA time zone: write one such as Europe/Berlin\n',
    })

    const range = ['--from', '2023-01-24T09:00Z', '--to', '2023-01-24T10:00Z', '--kind', 'excused']
    const added = await run('corrections', 'add', 's1', ...range, '--reason', 'power\ncut', '--author', 'Ann')
    expect(added.stdout).toMatch(/^ +1 {2}s1 +excused .* Ann .* power cut$/m)
    expect(await run('corrections', 'add', 's9', ...range, '--reason', 'x')).toMatchObject({ exitCode: 3 })
    const revoked = await run('corrections', 'revoke', '1', '--by', 'Bob', '--json')
    expect(jsonLines(revoked.stdout)).toMatchObject([{ correctionId: 1, revokedBy: 'Bob' }])
    const [all, inForce] = await Promise.all([
      run('corrections', '--store', 's1', '--json'),
      run('corrections', 'list', '--in-force'),
    ])
    expect(jsonLines(all.stdout)).toEqual(jsonLines(revoked.stdout))
    expect(inForce).toEqual({ exitCode: 0, stdout: '', stderr: 'there are none\n' })
  },
)

describe('hours that people write', () => {
  test('are days and spans', () => {
    expect(parseWeek(['Sun', '10:00–14:00', 'mon-Tuesday 9:00-10:00,11:00-12:00'])).toEqual([
      { day: 6, start: '10:00', end: '14:00' },
      { day: 0, start: '9:00', end: '10:00' },
      { day: 1, start: '9:00', end: '10:00' },
      { day: 0, start: '11:00', end: '12:00' },
      { day: 1, start: '11:00', end: '12:00' },
    ])
    expect(parseWeek(['Always'])).toHaveLength(7)
    expect(parseDay(['closed'])).toEqual([])
    expect(parseDay(['10:00-14:00, 18:00-2:00'])).toEqual([
      { start: '10:00', end: '14:00' },
      { start: '18:00', end: '2:00' },
    ])
  })

  test.each([['9:00-10:00'], ['Foo 9:00-10:00'], ['Fri-Mon 9:00-10:00'], ['Mon-Tue-Wed 9:00-10:00']])(
    '%s is none',
    (text) => {
      expect(() => parseWeek([text])).toThrow(/is not what is expected: write days and hours such as/)
    },
  )

  test('of a day have no weekday', () => {
    expect(() => parseDay(['Mon', '9:00-10:00'])).toThrow(/"Mon" is not a span: write hours such as/)
  })
})
