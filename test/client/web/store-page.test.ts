import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { momentInWords } from '../../../client/web/charts/timeline/cursor.ts'
import { hours, percent } from '../../../client/web/format.ts'
import { chromiumPath } from '../../support/chromium.ts'
import { addressOf, expectSoon, pageScene, press, type PageScene } from '../../support/page-scene.ts'

const store = 'chicago-loop-01'

describe.skipIf(chromiumPath === undefined)(
  'the page of a store, of reports and of data, in a browser',
  () => {
    let scene: PageScene
    beforeAll(async () => {
      scene = await pageScene()
    })
    afterAll(() => scene[Symbol.asyncDispose]())

    test('explains the number that the API has', async () => {
      const timeline = await scene.client.store.timeline.query({ storeId: store })
      const row = await scene.client.store.uptime.query({ storeId: store })
      await using opened = await scene.open(`/stores/${store}`)
      const { page } = opened
      await page.locator('.verdict').waitFor()
      const verdict = await page.locator('.verdict').innerText()
      expect(verdict).toContain(percent(row.uptimeLastWeekPercent))
      expect(verdict).toContain(percent(timeline.totals.uptimePercent))
      expect(verdict).toContain('the longest outage began on Sun 2026-11-01 17:00, seen at 17:29.')
      const figures = page.getByRole('row', { name: 'Last week' })
      await figures.waitFor()
      expect(await figures.innerText()).toContain(hours(row.downtimeLastWeekMs))
      expect(await page.getByRole('group', { name: 'Outages' }).getByRole('row').count()).toBe(
        timeline.outages.length + 1,
      )
      expect(opened.complaints).toEqual([])
    })

    test('has one stop for its timeline, whose cursor says what is true at it', async () => {
      const timeline = await scene.client.store.timeline.query({ storeId: store })
      await using opened = await scene.open(`/stores/${store}`)
      const { page } = opened
      const slider = page.getByRole('slider', { name: 'Timeline' })
      await slider.waitFor()
      await slider.focus()
      const said = () => slider.getAttribute('aria-valuetext')
      const at = async () => Number(await slider.getAttribute('aria-valuenow'))
      await page.keyboard.press('Home')
      expect(await at()).toBe(Date.parse(timeline.since))
      await page.keyboard.press('PageDown')
      const first = await at()
      expect(await said()).toBe(momentInWords(timeline, first))
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowDown')
      expect(await at()).toBeGreaterThan(first + 86_400_000)
      await page.keyboard.press('End')
      expect(await at()).toBe(Date.parse(timeline.until) - 1)
      expect(await page.locator('.moment').innerText()).toBe(await said())

      const down = timeline.outages[0]!
      const { x, y, width } = (await page.locator('.timeline svg').boundingBox())!
      await page.mouse.move(x + width / 2, y + 30)
      expect(await at()).not.toBe(Date.parse(timeline.until) - 1)
      expect(down.downtimeMs).toBeGreaterThan(0)
    })

    test('judges the same time by other rules beside it, which the address keeps', async () => {
      await using opened = await scene.open(`/stores/${store}`)
      const { page } = opened
      await press(page.getByText('What if it were judged otherwise?'))
      await page.getByLabel('and reaches').selectOption('30m')
      await expectSoon(() => addressOf(page)).toBe(`/stores/${store}?other_reach=30m`)
      const other = await scene.client.store.timeline.query({ storeId: store, reach: '30m' })
      const line = page.getByRole('row', { name: 'otherwise' })
      await line.waitFor()
      expect(await line.innerText()).toContain(percent(other.totals.uptimePercent))
      await page.reload()
      await line.waitFor()
    })

    test('corrects and revokes, with a reason, and figures follow', async () => {
      const before = await scene.client.store.uptime.query({ storeId: store })
      await using opened = await scene.open(`/stores/${store}`)
      const { page } = opened
      await press(page.getByRole('button', { name: 'Correct …' }))
      const dialog = page.getByRole('dialog', { name: 'A correction' })
      expect(await dialog.getByLabel('From').inputValue()).toBe('2026-11-01T17:00')
      await dialog.getByRole('textbox', { name: 'Reason' }).fill('Power cut')
      await dialog.getByLabel('Your name').fill('Kim')
      await press(dialog.getByRole('button', { name: 'Correct', exact: true }))
      await page.getByText('Power cut').waitFor()
      await expectSoon(() => page.locator('.verdict').innerText()).toContain('excused')
      const [correction] = (await scene.client.correction.list.query({ storeId: store })).items
      expect(correction).toMatchObject({
        kind: 'excused',
        reason: 'Power cut',
        author: 'Kim',
        revokedAt: null,
      })

      await press(page.getByRole('button', { name: 'Revoke …' }))
      const revoke = page.getByRole('dialog', { name: 'Revoke a correction' })
      await revoke.getByRole('textbox', { name: 'Reason' }).fill('It was another street')
      await press(revoke.getByRole('button', { name: 'Revoke', exact: true }))
      await page.getByText(/^Revoked .* by Kim/).waitFor()
      expect(await scene.client.store.uptime.query({ storeId: store })).toEqual(before)
      expect(opened.complaints).toEqual([])
    })

    test('refuses a correction that ends before it begins in the words of the server', async () => {
      await using opened = await scene.open(`/stores/${store}`)
      const { page } = opened
      await press(page.getByRole('button', { name: 'Correct …' }))
      const dialog = page.getByRole('dialog', { name: 'A correction' })
      await dialog.getByLabel('To').fill('2026-11-01T16:00')
      await dialog.getByRole('textbox', { name: 'Reason' }).fill('x')
      await press(dialog.getByRole('button', { name: 'Correct', exact: true }))
      expect(await dialog.getByRole('alert').innerText()).toMatch(/a correction ends after it begins/)
    })

    test('gives its polls as a file that says the same when it is imported', async () => {
      await using opened = await scene.open(`/stores/${store}`)
      const { page } = opened
      const link = page.getByRole('link', { name: /polls as CSV/ })
      await link.waitFor()
      const [download] = await Promise.all([page.waitForEvent('download'), press(link)])
      const bytes = await readFile(await download.path())
      const record = await scene.client.importFile(new Blob([bytes]), {
        source: download.suggestedFilename(),
      })
      expect(record).toMatchObject({ kind: 'polls', state: 'complete', rowsChanged: 0, rowsRejected: 0 })
      expect(record.rowsAccepted).toBeGreaterThan(100)
    })

    test('suggests stores whose id is nearly that of the address', async () => {
      await using opened = await scene.open('/stores/chicago-lop-1')
      const { page } = opened
      await press(page.getByRole('link', { name: store }))
      await expectSoon(() => addressOf(page)).toBe(`/stores/${store}`)
      await page.locator('.verdict').waitFor()
    })

    test('finds a store by its address, whatever its id is made of', async () => {
      const storeId = 'a.b_c:d-1'
      await scene.client.importFile(
        new Blob([`store_id,status,timestamp_utc\n${storeId},inactive,2026-11-04 08:00:00 UTC\n`]),
        { source: 'one.csv' },
      )
      await using opened = await scene.open(`/stores?q=${storeId}`)
      const { page } = opened
      await press(page.getByRole('link', { name: storeId }))
      await expectSoon(() => addressOf(page)).toBe(`/stores/${storeId}`)
      await page.locator('.verdict').waitFor()
      await page.goto(`${scene.server.url}/stores/${storeId}`)
      await page.locator('.verdict').waitFor()
    })

    test('requests a report, follows it, opens it and deletes it', async () => {
      await using opened = await scene.open('/reports')
      const { page } = opened
      await press(page.getByRole('button', { name: 'New report …' }))
      const dialog = page.getByRole('dialog', { name: 'A new report' })
      await dialog.getByLabel('Reach').fill('for ever')
      await press(dialog.getByRole('button', { name: 'Request' }))
      expect(await dialog.getByRole('alert').innerText()).toMatch(/"for ever" is not a duration/)
      await dialog.getByLabel('Reach').fill('90m')
      await press(dialog.getByRole('button', { name: 'Request' }))
      const line = page.getByRole('row', { name: /4 Nov 2026, 20:00 UTC reach 90m/ })
      await expectSoon(() => line.innerText()).toContain('complete')
      const [report] = (await scene.client.report.list.query({ limit: 1 })).items
      const href = await line.getByRole('link', { name: 'CSV' }).getAttribute('href')
      expect(href).toBe(`/reports/${report!.reportId}.csv`)
      await press(line.getByRole('link', { name: 'as of' }))
      await expectSoon(() => addressOf(page)).toBe('/?as_of=2026-11-04T20:00:00Z&reach=90m')
      await page.goBack()
      page.on('dialog', (asked) => void asked.accept())
      await press(line.getByRole('button', { name: 'Delete' }))
      await expectSoon(() => line.count()).toBe(0)
    })

    test('compares two reports by their sums and the stores that changed most', async () => {
      const asked = ['2026-10-31T20:00:00Z', '2026-11-04T20:00:00Z']
      for (const asOf of asked) for await (const _ of scene.client.runReport({ asOf, reach: '6h' })) continue
      await using opened = await scene.open('/reports')
      const { page } = opened
      for (const place of [0, 1]) {
        await press(page.getByRole('row', { name: 'reach 6h' }).nth(place).getByRole('checkbox'), 'Space')
      }
      const comparison = page.getByRole('region', { name: 'Compared' })
      const [later, earlier] = (await scene.client.report.list.query({ limit: 2 })).items
      const { windows } = await scene.client.report.summary.query({
        reportId: later!.reportId,
        compareWith: earlier!.reportId,
      })
      await expectSoon(() => comparison.innerText()).toContain(percent(windows.LastWeek.uptimePercent))
      const worst = await scene.client.report.rows.query({
        reportId: later!.reportId,
        compareWith: earlier!.reportId,
        sortBy: 'change',
        limit: 1,
      })
      await expectSoon(() => comparison.innerText()).toContain(worst.items[0]!.storeId)
    })

    test('shows imports, what was rejected of them, what to doubt, and changes', async () => {
      await using opened = await scene.open('/data')
      const { page } = opened
      await page.getByRole('row', { name: 'store_status.csv polls' }).waitFor()
      await press(page.getByText(/rejected rows? of store_status.csv/))
      const { reasons } = await scene.client.import.rejectedSummary.query({ importId: 3 })
      await page.getByText(reasons[0]!.reason).first().waitFor()
      const { findings } = await scene.client.data.check.query()
      for (const { summary } of findings) await page.getByText(summary).first().waitFor()
      expect(await page.getByRole('group', { name: 'Changes' }).innerText()).toContain('store_status.csv')
      await page.getByLabel('CSV files').setInputFiles([
        {
          name: 'more.csv',
          mimeType: 'text/csv',
          buffer: Buffer.from('store_id,status,timestamp_utc\nx,closed,2026-11-04 00:00:00 UTC\n'),
        },
      ])
      await page.locator('.drop .worse').waitFor()
      const [failed] = (await scene.client.import.list.query({ limit: 1 })).items
      expect(failed).toMatchObject({ source: 'more.csv', state: 'failed' })
      expect(await page.locator('.drop .worse').innerText()).toContain(failed!.failure)
      expect(opened.complaints).toEqual([])
    })

    test('shows which stores an import changed, and what changed a store', async () => {
      const polls = Array.from({ length: 60 }, (_, i) => `new-${i + 10},active,2026-11-04 12:00:00 UTC\n`)
      await scene.server.upload(`store_id,status,timestamp_utc\n${polls.join('')}`, 'new.csv')
      await scene.client.store.delete.mutate({ storeId: 'new-11', reason: 'sold', confirm: 1 })
      await using opened = await scene.open('/data')
      const { page } = opened
      const touched = page.locator('.touched li')
      const toggle = page.getByRole('button', { name: '60 stores changed by new.csv' })
      await toggle.waitFor()
      await press(toggle)
      await expectSoon(() => touched.count()).toBe(50)
      expect(await touched.nth(1).innerText()).toMatch(/^new-11 deleted /)
      await press(page.getByRole('button', { name: 'More stores' }))
      await expectSoon(() => touched.count()).toBe(60)
      expect(await page.getByRole('button', { name: 'More stores' }).count()).toBe(0)
      await press(toggle)
      await expectSoon(() => touched.count()).toBe(0)
      await press(toggle)
      await press(touched.getByRole('link', { name: 'new-12' }))
      await page.getByRole('heading', { name: 'new-12' }).waitFor()
      await press(page.getByText('What changed this store'))
      const changes = page.getByRole('group', { name: 'What changed this store' }).getByRole('row')
      await expectSoon(() => changes.count()).toBe(2)
      expect(await changes.nth(1).innerText()).toContain('polls of new.csv')
      expect(opened.complaints).toEqual([])
    })
  },
)
