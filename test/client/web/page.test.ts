import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { change, count, hours, percent } from '../../../client/web/format.ts'
import { chromiumPath } from '../../support/chromium.ts'
import { mainThreadOf } from '../../support/main-thread.ts'
import {
  addressOf,
  chainFiles,
  expectSoon,
  pageScene,
  press,
  shown,
  type PageScene,
} from '../../support/page-scene.ts'

const KIB = 1024
const MOST_LOAD_MS = 600

let scene: PageScene

describe.skipIf(chromiumPath === undefined)('the page, in a browser', () => {
  beforeAll(async () => {
    scene = await pageScene()
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test('is small at first, comes from this server alone, and does nothing that its policy refuses', async () => {
    await using opened = await scene.open(undefined)
    const { page, complaints } = opened
    const files: { type: string; bytes: Promise<Buffer> }[] = []
    page.on('response', (response) => {
      const type = response.request().resourceType()
      if (type === 'script' || type === 'stylesheet') files.push({ type, bytes: response.body() })
    })
    await page.goto(scene.server.url)
    await shown(page)
    const sizeOf = async (wanted: string) => {
      const sizes = files.map(async ({ type, bytes }) => (type === wanted ? gzipSync(await bytes).length : 0))
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    }
    const [js, css] = [await sizeOf('script'), await sizeOf('stylesheet')]
    expect(js).toBeGreaterThan(0)
    expect(js).toBeLessThanOrEqual(120 * KIB)
    expect(css).toBeGreaterThan(0)
    expect(css).toBeLessThanOrEqual(8 * KIB)
    expect(complaints).toEqual([])
  })

  test('is loaded with little work of its main thread', async () => {
    let least = Infinity
    // Whoever else keeps the processor's caches makes it more.
    for (let load = 0; load < 3 && least > MOST_LOAD_MS; load++) {
      await using opened = await scene.open(undefined)
      const thread = await mainThreadOf(opened.page)
      await opened.page.goto(scene.server.url)
      await opened.page.locator('.figures').waitFor()
      least = Math.min(least, await thread.busyMsUntilIdle())
    }
    expect(least).toBeGreaterThan(0)
    expect(least).toBeLessThanOrEqual(MOST_LOAD_MS)
  })

  test('would complain if its policy refused something', async () => {
    await using opened = await scene.open('/')
    await opened.page.evaluate(
      "document.body.append(Object.assign(document.createElement('img'), { src: 'https://elsewhere.example/a.png' }))",
    )
    await expectSoon(() => opened.complaints.join()).toMatch(/Content Security Policy/)
    await opened.page.evaluate(
      "try { document.body.innerHTML = '<b>x</b>' } catch (error) { console.error(error.message) }",
    )
    await expectSoon(() => opened.complaints.join()).toMatch(/TrustedHTML/)
  })

  test('shows the figures that the API has, of every store', async () => {
    const { reportId, asOf } = await ensured()
    const compared = await ensured(new Date(Date.parse(asOf) - 7 * 86_400_000).toISOString())
    const query = { reportId, compareWith: compared.reportId }
    const { now, windows } = await scene.client.report.summary.query(query)
    const { items, total } = await scene.client.report.rows.query({ ...query, limit: 1000 })
    await using opened = await scene.open('/', { viewport: { width: 1280, height: 2400 } })
    const figures = await shown(opened.page, '.figures')
    expect(figures).toContain(`Down now ${count(now!.down)} of`)
    expect(figures).toContain(percent(windows.LastWeek.uptimePercent))
    expect(figures).toContain(hours(windows.LastWeek.downtimeMs))

    await opened.page.goto(`${scene.server.url}/stores`)
    const lines = opened.page.locator('.grid-row[data-row]')
    await expectSoon(() => lines.count()).toBe(total)
    // What it is compared with comes after the rows.
    await shown(opened.page)
    for (const [place, row] of items.entries()) {
      const line = (await lines.nth(place).innerText()).split(/\s*\n\s*/)
      expect(line).toEqual(
        expect.arrayContaining([
          row.name ?? row.storeId,
          percent(row.uptimeLastWeekPercent),
          change(row.change),
          hours(row.downtimeLastWeekMs),
          hours(row.unknownLastWeekMs),
        ]),
      )
      expect(line.join(' ').toLowerCase()).toContain(row.now!)
    }
    expect(opened.complaints).toEqual([])
  })

  async function ensured(asOf?: string): Promise<{ reportId: string; asOf: string }> {
    const report = await scene.client.report.ensure.mutate(asOf === undefined ? {} : { asOf })
    for await (const _ of scene.client.watchReport(report.reportId)) continue
    return report
  }

  test.for([
    '/?as_of=2026-11-03T12:00:00Z&reach=90m&window=LastDay',
    '/stores?q=chicago&window=LastDay&sort=uptimeLastDayPercent&order=descending',
    '/stores?now=up&now=closed&uptime=90..95&interpolation=previous&compare=1d',
  ])('shows the same again at %s', async (path) => {
    await using first = await scene.open(path)
    const text = await shown(first.page)
    expect(addressOf(first.page)).toBe(path)
    await first.page.reload()
    expect(await shown(first.page)).toBe(text)
    const bar = first.page.locator('.bar.viewed')
    expect(await bar.count()).toBe(/as_of|interpolation/.test(path) ? 1 : 0)
  })

  test('says what is wrong with an address, and leads back', async () => {
    await using opened = await scene.open('/?reach=forever')
    const { page } = opened
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toMatch(
      /"forever" is not a duration: write a number and a unit/,
    )
    await press(page.getByRole('button', { name: 'Reset' }))
    await shown(page)
    expect(addressOf(page)).toBe('/')
  })

  test('leads to files of this very filter and order', async () => {
    const path = '/stores?uptime=90..95&sort=uptimeLastWeekPercent&order=descending'
    await using opened = await scene.open(path, { viewport: { width: 1280, height: 2400 } })
    const { page } = opened
    await shown(page)
    const ids = await page.locator('.grid-row[data-row] .store').allInnerTexts()
    const file = await fetch(
      new URL((await page.getByRole('link', { name: 'CSV' }).getAttribute('href'))!, scene.server.url),
    )
    const [, ...lines] = (await file.text()).trim().split('\n')
    expect(ids.length).toBeGreaterThan(3)
    expect(lines.map((line) => line.split(',')[0])).toEqual(ids)
  })

  test('keeps what it shows while the server does not answer, and goes on when it does', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    const text = await shown(page, '.figures')
    await page.context().setOffline(true)
    await page.keyboard.press('[')
    await page.getByText('The server does not answer').first().waitFor()
    await page.keyboard.press('.')
    expect(await shown(page, '.figures')).toBe(text)
    await page.context().setOffline(false)
    await page.getByText('The server does not answer').first().waitFor({ state: 'hidden' })
  })

  test('shows a screen that was opened while the server did not answer when it does', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    await shown(page)
    await page.context().setOffline(true)
    await page.keyboard.press('[')
    await page.getByText('The server does not answer').first().waitFor()
    await press(page.getByRole('link', { name: 'Stores', exact: true }))
    await page.getByText('it is shown as soon as the server answers').waitFor()
    await page.context().setOffline(false)
    await shown(page)
    expect(addressOf(page)).toBe('/stores?as_of=2026-11-03T20:00:00Z')
  })

  test('takes the first files of an empty database, and shows what they say', async () => {
    await using empty = await pageScene({ files: [] })
    await using opened = await empty.open('/')
    const { page } = opened
    await page.getByRole('heading', { name: 'There are no polls yet' }).waitFor()
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      press(page.getByRole('button', { name: 'choose them' })),
    ])
    await chooser.setFiles([...chainFiles])
    expect(await shown(page)).toContain('As of Wed 4 Nov 2026, 20:00 UTC')
  })

  test('takes files that are dropped on it', async () => {
    await using empty = await pageScene({ files: [] })
    await using opened = await empty.open('/data')
    const { page } = opened
    const drop = page.locator('.drop')
    await drop.waitFor()
    const text = 'store_id,status,timestamp_utc\nsoup-1,active,2026-11-05 01:05:00 UTC\n'
    const dropped = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([${JSON.stringify(text)}], 'dropped.csv'))
      return transfer
    })()`)
    await drop.dispatchEvent('drop', { dataTransfer: dropped })
    await drop.getByText('1 row').waitFor()
    const [record] = (await empty.client.import.list.query()).items
    expect(record).toMatchObject({ source: 'dropped.csv', state: 'complete', rowsAccepted: 1 })
    await page.getByText('1 polls of 1 stores').waitFor()
  })
})
