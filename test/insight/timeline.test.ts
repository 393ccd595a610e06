import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTimeline } from '../../server/insight/timeline.ts'
import { createGenerator } from '../../server/reports/generate.ts'
import { asOfMsOf } from '../../server/reports/as-of.ts'
import { listStores } from '../../server/database/stores.ts'
import { storeUptimeInput } from '../../shared/report.ts'
import { timelineInput, type Timeline } from '../../shared/timeline.ts'
import { casesFolder } from '../support/cases.ts'
import { importScene, type ImportScene } from '../support/import-scene.ts'

async function sceneOfCase(name: string): Promise<ImportScene> {
  const scene = await importScene()
  await scene.import(join(casesFolder, name), { now: () => Date.UTC(2026, 0, 1) })
  return scene
}

async function explained(scene: ImportScene, query: Record<string, unknown>): Promise<Timeline> {
  return readTimeline(scene.db, timelineInput.parse({ storeId: 's1', ...query }))
}

describe('the window of a timeline', () => {
  test('is of local dates, both included, or of instants', async () => {
    await using scene = await sceneOfCase('23-explained')
    const dates = await explained(scene, { since: '2023-01-23', until: '2023-01-23' })
    expect(dates).toMatchObject({ since: '2023-01-23T05:00:00.000Z', until: '2023-01-24T05:00:00.000Z' })
    const mixed = await explained(scene, { since: '2023-01-23T12:00:00Z', until: '2023-01-23' })
    expect(mixed).toMatchObject({ since: '2023-01-23T12:00:00.000Z', until: '2023-01-24T05:00:00.000Z' })
  })

  test('is the week before as_of, and never goes beyond it', async () => {
    await using scene = await sceneOfCase('23-explained')
    const week = { since: '2023-01-16T23:00:00.000Z', until: '2023-01-23T23:00:00.000Z' }
    expect(await explained(scene, { asOf: '2023-01-23T23:00:00Z' })).toMatchObject(week)
    const beyond = await explained(scene, {
      asOf: '2023-01-23T23:00:00Z',
      since: '2023-01-23',
      until: '2023-01-26',
    })
    expect(beyond.until).toBe('2023-01-23T23:00:00.000Z')
    expect(beyond.segments.at(-1)!.end).toBe(beyond.until)
  })

  test('is refused where it ends before it starts, or is too long', async () => {
    await using scene = await sceneOfCase('23-explained')
    await expect(
      explained(scene, { since: '2023-01-24T00:00Z', until: '2023-01-23T00:00Z' }),
    ).rejects.toThrow(/since is not before until: give the earlier/)
    await expect(explained(scene, { since: '2021-01-01', until: '2023-01-23' })).rejects.toThrow(
      /days: at most 400 are explained at once/,
    )
    expect(timelineInput.safeParse({ storeId: 's1', since: 'yesterday' }).error!.issues[0]!.message).toMatch(
      /^"yesterday" is neither a local date nor an instant: write YYYY-MM-DD, /,
    )
    await expect(explained(scene, { storeId: 'nowhere' })).rejects.toThrow('there is no store "nowhere"')
  })
})

describe('a timeline tells', () => {
  test('of each poll why it is silent', async () => {
    await using scene = await sceneOfCase('24-corrections')
    const { polls } = await explained(scene, {
      since: '2023-01-23T15:00Z',
      until: '2023-01-23T23:00Z',
    })
    expect(polls.map(({ at, silence }) => [at.slice(11, 16), silence])).toEqual([
      ['15:30', null],
      ['16:30', 'corrected'],
      ['17:30', 'corrected'],
      ['18:30', 'corrected'],
      ['19:30', null],
      ['20:30', null],
      ['21:30', null],
      ['22:30', 'outside business hours'],
    ])
  })

  test('the rules in force, in words', async () => {
    await using changed = await sceneOfCase('17-hours-that-changed')
    const since = '2023-01-20'
    expect((await explained(changed, { since, until: since })).rules).toEqual([
      { what: 'hours', from: null, text: 'every day 09:00–17:00' },
      { what: 'hours', from: '2023-01-20T18:00:00.000Z', text: 'every day 12:00–20:00' },
      { what: 'zone', from: null, text: 'America/New_York, −05:00' },
    ])
    await using special = await sceneOfCase('18-special-days')
    const christmas = { since: '2022-12-25', until: '2022-12-26' }
    expect((await explained(special, christmas)).rules.map(({ text }) => text)).toEqual([
      'every day 18:00–02:00',
      '2022-12-25: closed',
      '2022-12-26: 10:00–12:00 and 14:00–23:59',
      'America/Denver, −07:00',
    ])
    const { rules } = await explained(special, { ...christmas, storeId: 's2' })
    expect(rules.map(({ text }) => text)).toContain('always open, as no file has hours of it')
  })
})

test('what a timeline adds up to is the total of a report, for every store', async () => {
  await using scene = await sceneOfCase('26-thirty-stores-over-weeks')
  const generator = createGenerator(scene.db)
  const { items } = await listStores(scene.db, { limit: 100 })
  expect(items).toHaveLength(30)
  for (const { storeId } of items) {
    for (const corrections of ['applied', 'ignored'] as const) {
      const { interpolation, reach, ...options } = storeUptimeInput.parse({ storeId, corrections })
      const asOfMs = await asOfMsOf(scene.db, options)
      const row = await generator.storeRow(storeId, { asOfMs, interpolation, reachMs: reach, corrections })
      const { totals } = await explained(scene, { storeId, corrections })
      expect(totals).toEqual({
        uptimeMs: row.uptimeLastWeekMs,
        downtimeMs: row.downtimeLastWeekMs,
        unknownMs: row.unknownLastWeekMs,
        excusedMs: row.excusedLastWeekMs,
        uptimePercent: row.uptimeLastWeekPercent,
      })
    }
  }
})
